import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exactText } from "../../../dataset/exact-text.ts";
import { inTokensOf, inWords } from "../../../dataset/text-measure.ts";
import { readModelFile } from "../../../model/model-file.ts";
import { createModelTokenizer } from "../../../model/model-tokenizer.ts";
import { REPOSITORY } from "../../support/temporary-project.ts";

const TINY = join(REPOSITORY, "test/fixtures/tiny-model");
const speech = readFileSync(join(REPOSITORY, "data/sotu-heldout-short.txt"), "utf8");

describe.each([
  ["byte-level", join(TINY, "llama")],
  ["SentencePiece-style", join(TINY, "sentencepiece")],
])("with a %s tokenizer", async (_, folder) => {
  const measure = await inTokensOf(folder);
  // Counted in another way than the code under test does: the text alone, in one piece.
  const tokenizer = createModelTokenizer(readModelFile(folder, "tokenizer.json"), null);
  const tokensOf = (text: string) => tokenizer.encode(text, false).length;

  test.each([1, 2, 7, 50, 150])("a text of just %i tokens when it stands alone", (length) => {
    let found = 0;
    for (let start = 0; start < 4000; start += 197) {
      const text = exactText(measure, speech.slice(start, start + length * 8 + 64), length);
      if (text === undefined) continue;
      found += 1;
      expect(tokensOf(text)).toBe(length);
      expect(text).toBe(text.trim());
      expect(speech).toContain(text);
    }
    expect(found).toBeGreaterThan(length < 3 ? 3 : 17);
  });

  test("characters of several bytes stay whole", () => {
    const odd = "naïve — 日本語 🙂🙂 für Ärger ".repeat(8);
    let found = 0;
    for (let length = 5; length < 40; length++) {
      const text = exactText(measure, odd, length);
      if (text === undefined) continue;
      found += 1;
      expect(tokensOf(text)).toBe(length);
      expect(Buffer.from(text).toString()).toBe(text);
      expect(odd).toContain(text);
    }
    expect(found).toBeGreaterThan(10);
  });

  test("a text that is too short gives none", () => {
    expect(exactText(measure, "Two words", 400)).toBeUndefined();
  });
});

describe("in words", () => {
  test("cuts after the n-th word", () => {
    expect(exactText(inWords, "  one two\n\nthree  four", 3)).toBe("one two\n\nthree");
    expect(exactText(inWords, "one two", 3)).toBeUndefined();
    expect(inWords.count(" a\tb\n")).toBe(2);
  });
});

test.each([
  ["/nowhere/at-all", /\/nowhere\/at-all is not there; expected a tokenizer\.json/],
  [join(REPOSITORY, "data"), /has no tokenizer\.json/],
  [join(REPOSITORY, "package.json"), /makes no tokenizer|can't be used/],
])("%s is refused as a tokenizer", async (path, message) => {
  await expect(inTokensOf(path)).rejects.toThrow(message);
});
