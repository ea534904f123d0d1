import { describe, expect, test } from "vitest";
import { declaredLength } from "../../../lib/workload/length-text.ts";
import type { Prompt } from "../../../lib/workload/prompt-set.ts";
import {
  ragPrompt,
  sharedPrefixPrompt,
  syntheticPrompt,
  wordsOf,
} from "../../../lib/workload/synthetic-prompt.ts";

const text = Array.from({ length: 500 }, (_, i) => `w${i}`);
const lengths = declaredLength("uniform:20-40");
const wordCount = ({ messages }: Prompt) =>
  messages.reduce((sum, { content }) => sum + wordsOf(content).length, 0);
const contents = ({ messages }: Prompt) => messages.map(({ content }) => content);

test("words are what whitespace parts", () => {
  expect(wordsOf(" a\n\n b\tc ")).toEqual(["a", "b", "c"]);
  expect(wordsOf(" \n")).toEqual([]);
});

describe("synthetic prompt", () => {
  test("has the number of words drawn, consecutive ones of the text", () => {
    for (let i = 0; i < 200; i++) {
      const prompt = syntheticPrompt(text, declaredLength("33"), 1, i);
      expect(wordCount(prompt)).toBe(33);
      const [first = "", second] = wordsOf(contents(prompt)[0] ?? "");
      expect(second).toBe(`w${(Number(first.slice(1)) + 1) % 500}`);
    }
  });

  test("goes round in a text shorter than itself", () => {
    const prompt = syntheticPrompt(["a", "b"], declaredLength("5"), 1, 0);
    expect(["a b a b a", "b a b a b"]).toContain(contents(prompt)[0]);
  });

  test("prompt i is the same whatever was made before it, and another for another seed", () => {
    const late = syntheticPrompt(text, lengths, 9, 77);
    for (let i = 0; i < 10; i++) syntheticPrompt(text, lengths, 9, i);
    expect(syntheticPrompt(text, lengths, 9, 77)).toEqual(late);
    expect(syntheticPrompt(text, lengths, 10, 77)).not.toEqual(late);
  });

  test("lengths are the law's, not bound to the number of the prompt", () => {
    const counts = Array.from({ length: 4000 }, (_, i) =>
      wordCount(syntheticPrompt(text, lengths, 3, i)),
    );
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    // uniform on 20..40: standard deviation sqrt((21^2 - 1) / 12) = 6.06
    expect(Math.abs(mean - 30)).toBeLessThan((4 * 6.06) / Math.sqrt(4000));
    const moved = counts.slice(1).map((count, i) => (count - 30) * ((counts[i] ?? 30) - 30));
    const correlation = moved.reduce((sum, value) => sum + value, 0) / moved.length / 6.06 ** 2;
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(4000));
  });

  test("a text without words is refused", () => {
    expect(() => syntheticPrompt([], lengths, 1, 0)).toThrow(/without words/);
  });
});

describe("shared prefixes", () => {
  const shape = { prefixes: 3, prefixWords: 50, words: lengths };
  const made = Array.from({ length: 300 }, (_, i) => sharedPrefixPrompt(text, shape, 4, i));

  test("equal numbers are equal prefixes of the length asked for, and all are used", () => {
    const byNumber = new Map(made.map(({ prompt, prefix }) => [prefix, contents(prompt)[0]]));
    expect([...byNumber.keys()].sort()).toEqual([0, 1, 2]);
    expect(new Set(byNumber.values()).size).toBe(3);
    for (const { prompt, prefix } of made) {
      expect(contents(prompt)[0]).toBe(byNumber.get(prefix));
      expect(wordsOf(contents(prompt)[0] ?? "")).toHaveLength(50);
    }
  });

  test("what the user says differs", () => {
    expect(new Set(made.map(({ prompt }) => contents(prompt)[1])).size).toBeGreaterThan(290);
  });
});

describe("retrieved context", () => {
  const questions = ["Who spoke?", "What of the trade with other nations?"];

  test("has passages, then a question, and just as many words as are drawn", () => {
    for (let i = 0; i < 100; i++) {
      const prompt = ragPrompt(
        text,
        { questions, passages: 4, words: declaredLength("120") },
        2,
        i,
      );
      expect(wordCount(prompt)).toBe(120);
      const parts = (contents(prompt)[0] ?? "").split("\n\n");
      expect(parts).toHaveLength(6);
      expect(questions.map((question) => `Question: ${question}`)).toContain(parts[5]);
      for (const part of parts.slice(1, 5)) expect(wordsOf(part).length).toBeGreaterThanOrEqual(25);
    }
  });

  test("keeps a word a passage where there is no room", () => {
    const prompt = ragPrompt(text, { questions, passages: 4, words: declaredLength("1") }, 2, 0);
    expect(
      (contents(prompt)[0] ?? "")
        .split("\n\n")
        .slice(1, 5)
        .map((p) => wordsOf(p).length),
    ).toEqual([1, 1, 1, 1]);
  });
});
