import { describe, expect, test } from "vitest";
import { declaredLength } from "../../../lib/workload/length-text.ts";
import {
  synthetic,
  syntheticRetrieval,
  syntheticSharedPrefix,
} from "../../../lib/workload/synthetic.ts";
import { wordsOf } from "../../../lib/workload/synthetic-prompt.ts";
import type { Work } from "../../../lib/workload/work.ts";

const files: Readonly<Record<string, string>> = {
  "text.txt": Array.from({ length: 200 }, (_, i) => `w${i}`).join(" "),
  "empty.txt": " \n",
  "set.jsonl": '{"id":"mine","text":"from the set","outputTokens":5}\n',
};

function open(work: Work, dataset?: string) {
  const settings = { seed: 3, dataset, load: {} };
  return work.open({
    settings,
    share: (_, make) => make(),
    openFile: (path) => files[path] ?? "",
    outputTokens: (_, own) => own ?? 64,
  });
}

const words = declaredLength("uniform:10-20");
const works = [
  ["passages", synthetic("text.txt", words)],
  ["shared prefixes", syntheticSharedPrefix("text.txt", { prefixes: 2, prefixWords: 30, words })],
  [
    "retrieval",
    syntheticRetrieval("text.txt", {
      questions: ["Why?"],
      passages: 2,
      words: declaredLength("40"),
    }),
  ],
] as const;

describe.each(works)("%s", (_, work) => {
  test("a request has the same task whatever was asked before", () => {
    const source = open(work);
    const late = source(40);
    for (let request = 0; request < 5; request++) source(request);
    expect(source(40)).toEqual(late);
    expect(source(41).task.turns).not.toEqual(late.task.turns);
    expect(late.task.turns[0]).toMatchObject({ outputTokens: 64, inputTokens: null });
  });

  test("a prompt set given as DATASET is read as one, not as words", () => {
    expect(open(work, "set.jsonl")(7).task).toMatchObject({
      id: "mine",
      turns: [{ messages: [{ role: "user", content: "from the set" }], outputTokens: 5 }],
    });
  });

  test("a text without words is refused before anything is sent", () => {
    expect(() => open(work, "empty.txt")).toThrow("empty.txt: found no words");
  });
});

test("requests of one prefix are of one cache group, others of another", () => {
  const source = open(works[1][1]);
  const systems = new Map<number, Set<string | undefined>>();
  for (let request = 0; request < 60; request++) {
    const { task, cacheGroup } = source(request);
    const seen = systems.get(cacheGroup) ?? new Set();
    systems.set(cacheGroup, seen.add(task.turns[0]?.messages[0]?.content));
  }
  expect([...systems.values()].map(({ size }) => size)).toEqual([1, 1]);
  const [system] = [...(systems.get(0) ?? [])];
  expect(wordsOf(system ?? "")).toHaveLength(30);
});
