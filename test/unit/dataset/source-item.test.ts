import { describe, expect, test } from "vitest";
import { sampleStream } from "../../../dataset/reservoir.ts";
import { sourceItem } from "../../../dataset/source-item.ts";

describe("ShareGPT dialogues", () => {
  const said = (...pairs: [string, string][]) => ({
    id: "abc_0",
    conversations: pairs.map(([from, value]) => ({ from, value })),
  });

  test("questions and answers in turn, from the first question on", () => {
    const dialogue = said(
      ["gpt", "Welcome"],
      ["human", " Hi "],
      ["gpt", "Hello"],
      ["human", "Bye"],
    );
    expect(sourceItem(dialogue, "row-1")).toEqual({
      kind: "conversation",
      conversation: {
        id: "abc_0",
        system: null,
        turns: [{ user: "Hi", inputTokens: null, outputTokens: null, assistant: "Hello" }],
      },
    });
  });

  test("a system message stays, and turns end where speakers no longer alternate", () => {
    const dialogue = said(
      ["system", "Be brief"],
      ["user", "1"],
      ["assistant", "one"],
      ["user", "2"],
      ["user", "3"],
      ["assistant", "three"],
    );
    expect(sourceItem(dialogue, "row-1")).toMatchObject({
      conversation: { system: "Be brief", turns: [{ user: "1", assistant: "one" }] },
    });
  });

  test.each([
    ["nobody speaks", said()],
    ["no question", said(["gpt", "Hello"])],
    ["no answer", said(["human", "Hello"])],
    ["an empty answer", said(["human", "Hello"], ["gpt", " "])],
  ])("%s: nothing to ask", (_, dialogue) => {
    expect(sourceItem(dialogue, "row-1")).toBeUndefined();
  });

  test("a broken one is an error that names the field", () => {
    expect(() => sourceItem({ conversations: [{ from: "human" }] }, "r")).toThrow(
      "conversations[0].value: found nothing, allowed: a text",
    );
    expect(() => sourceItem({ conversations: "x" }, "r")).toThrow(/^conversations: found "x"/);
  });
});

describe("JSON lines", () => {
  test("a prompt may lack its id, and call its text prompt", () => {
    expect(sourceItem({ prompt: "Hi" }, "row-7")).toMatchObject({
      kind: "prompt",
      prompt: { id: "row-7", messages: [{ role: "user", content: "Hi" }] },
    });
    expect(sourceItem({ id: 3, text: "Hi" }, "row-7")).toMatchObject({ prompt: { id: "3" } });
  });

  test("other fields are told", () => {
    expect(() => sourceItem({ question: "Hi" }, "r")).toThrow(
      /^found the fields question, allowed:/,
    );
  });
});

describe("a sample of a stream", () => {
  async function* numbers(count: number) {
    for (let i = 0; i < count; i++) yield i;
  }

  test("each item is as likely as any other", async () => {
    const hits = Array.from({ length: 50 }, () => 0);
    for (let seed = 0; seed < 4000; seed++) {
      for (const item of (await sampleStream(numbers(50), 10, seed * 7919)).sample) {
        hits[item] = (hits[item] ?? 0) + 1;
      }
    }
    // chi-squared of 49 degrees of freedom is over 85.4 once in a thousand; without replacement it is smaller yet.
    const expected = 4000 / 5;
    expect(hits.reduce((sum, hit) => sum + (hit - expected) ** 2 / expected, 0)).toBeLessThan(85.4);
  });

  test("keeps the order of the stream, is the same for a seed, and takes all of a short one", async () => {
    const { sample, seen } = await sampleStream(numbers(100), 10, 3);
    expect(seen).toBe(100);
    expect(sample).toEqual([...sample].sort((a, b) => a - b));
    expect((await sampleStream(numbers(100), 10, 3)).sample).toEqual(sample);
    expect((await sampleStream(numbers(3), 10, 3)).sample).toEqual([0, 1, 2]);
  });
});
