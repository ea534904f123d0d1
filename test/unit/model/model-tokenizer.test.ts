import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readModelFile } from "../../../model/model-file.ts";
import { createModelTokenizer } from "../../../model/model-tokenizer.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/tiny-model/", import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(join(FIXTURES, path), "utf8"));
const byteLevel = createModelTokenizer(
  readModelFile(join(FIXTURES, "llama"), "tokenizer.json"),
  readModelFile(join(FIXTURES, "llama"), "tokenizer_config.json"),
);
const sentencePiece = createModelTokenizer(
  readModelFile(join(FIXTURES, "sentencepiece"), "tokenizer.json"),
  null,
);
const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

describe("a byte-level tokenizer", () => {
  const text = readFileSync(join(FIXTURES, "text.txt"), "utf8");
  const { ids } = z.object({ ids: z.array(z.number()) }).parse(json("reference.json"));

  test("gives a whole text the ids of Python's tokenizers", () => {
    expect(byteLevel.encodeStream(text)).toMatchObject({ ids, prefixTokens: 0 });
  });

  test("gives them back as the text", () => {
    expect(byteLevel.decode(ids, false)).toBe(text);
  });

  test("counts each token's bytes, also of a cut character", () => {
    const stream = byteLevel.encodeStream(text);
    expect(sum(stream.bytes)).toBe(Buffer.byteLength(text));
    const face = byteLevel.encodeStream("🙂");
    expect(face.ids.length).toBeGreaterThan(1);
    expect(sum(face.bytes)).toBe(4);
  });
});

describe("a SentencePiece-style tokenizer", () => {
  const { text, ids } = z
    .object({ text: z.string(), ids: z.array(z.number()) })
    .parse(json("sentencepiece/expected.json"));

  test("gives a text of several lines the ids of Python's tokenizers", () => {
    expect(sentencePiece.encodeStream(text).ids).toEqual(ids);
  });

  test("gives a long text, taken line by line, the ids it has in one piece", () => {
    const long = text.repeat(100);
    expect(sentencePiece.encodeStream(long).ids).toEqual(sentencePiece.encode(long, false));
  });

  test("counts bytes of the text, not the mark before its first word", () => {
    expect(sum(sentencePiece.encodeStream(text).bytes)).toBe(Buffer.byteLength(text));
    expect(sum(sentencePiece.encodeStream("日本語 🙂").bytes)).toBe(14);
  });
});
