import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cacheBustMarker } from "../../../lib/workload/cache-bust.ts";
import { inSeededOrder } from "../../../lib/workload/prompt-order.ts";
import { parsePromptSet } from "../../../lib/workload/prompt-set.ts";
import { openInOrder } from "../../../lib/workload/work.ts";

describe("prompt set", () => {
  test("the committed one is good, and its ids are unique", () => {
    const file = fileURLToPath(new URL("../../../data/prompts-sotu.jsonl", import.meta.url));
    const prompts = parsePromptSet(readFileSync(file, "utf8"), file);
    expect(prompts.length).toBeGreaterThanOrEqual(64);
    expect(new Set(prompts.map(({ id }) => id)).size).toBe(prompts.length);
  });

  test("skips empty lines and takes Windows line ends", () => {
    const jsonl = '{"id":"a","text":"Hi"}\r\n\r\n{"id":"b","text":"Yo","more":1}\r\n';
    expect(parsePromptSet(jsonl, "p.jsonl")).toMatchObject([
      { id: "a", messages: [{ role: "user", content: "Hi" }] },
      { id: "b", messages: [{ role: "user", content: "Yo" }] },
    ]);
  });

  test.each([
    ['{"id":"a","text":"Hi"}\n{"id":"a"', /^p\.jsonl: line 2: found \{"id":"a", allowed: /],
    ['{"id":"a","text":""}', /^p\.jsonl: line 1/],
    ['{"id":1,"text":"Hi"}', /^p\.jsonl: line 1/],
    ['["a"]', /^p\.jsonl: line 1/],
    ["", /^p\.jsonl: found no prompts/],
  ])("refuses %j", (jsonl, message) => {
    expect(() => parsePromptSet(jsonl, "p.jsonl")).toThrow(message);
  });
});

describe("prompt order", () => {
  const PROMPTS = Array.from({ length: 10 }, (_, i) => `prompt ${i}`);
  const ordered = (seed: number) => inSeededOrder(PROMPTS, seed);

  test("has every prompt once", () => {
    expect(ordered(1)).not.toEqual(PROMPTS);
    expect(ordered(1).sort()).toEqual(PROMPTS);
  });

  test("is the same for a seed and another for another", () => {
    expect(ordered(7)).toEqual(ordered(7));
    expect(ordered(7)).not.toEqual(ordered(8));
    // Another order would ask other questions under a seed that is in a report.
    expect(inSeededOrder([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 7)).toEqual([
      6, 5, 8, 1, 2, 3, 4, 7, 9, 0,
    ]);
  });

  test("is gone through again and again", () => {
    const context = {
      settings: { seed: 3, load: {}, dataset: undefined },
      share: <T>(_: string, make: () => T[]) => make(),
      openFile: () => "a b c",
      outputTokens: () => 1,
    };
    const nth = openInOrder(context, "x.txt", (text) => text.split(" "));
    const turns = Array.from({ length: 7 }, (_, i) => nth(i));
    expect(turns.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
    expect(turns.slice(3)).toEqual([...turns.slice(0, 3), turns[0]]);
  });
});

describe("cache-busting marker", () => {
  test("is different in each request of a run, and of one length", () => {
    const markers = Array.from({ length: 50_000 }, (_, i) => cacheBustMarker("run/1", i));
    expect(new Set(markers).size).toBe(markers.length);
    expect(new Set(markers.map((m) => m.length))).toEqual(new Set([11]));
  });

  test("is the same for the same run and request, and another in another run", () => {
    expect(cacheBustMarker("run/1", 3)).toBe(cacheBustMarker("run/1", 3));
    expect(cacheBustMarker("run/1", 3)).not.toBe(cacheBustMarker("run/2", 3));
  });
});
