import { expect, test } from "vitest";
import type { LoadedRun } from "../../../merger/read-runs.ts";
import { warningsOf } from "../../../merger/run-warnings.ts";
import type { ServerFigures, ServerSample } from "../../../records/server-sample.ts";
import { loadedRun } from "../../support/loaded-run.ts";
import { requestRecord, runHeader } from "../../support/records.ts";
import { runFile } from "../../support/run-file.ts";

const NOTHING: ServerFigures = {
  running: null,
  waiting: null,
  kvCacheUsage: null,
  promptTokens: null,
  generationTokens: null,
  prefixCacheQueries: null,
  prefixCacheHits: null,
};

function sample(atMs: number, figures: Partial<ServerFigures> | null): ServerSample {
  return {
    kind: "server-sample",
    version: 1,
    atEpochMs: runHeader().t0EpochMs + atMs,
    server: figures === null ? null : { ...NOTHING, ...figures },
    gpus: [],
  };
}

/** Two requests of 10 prompt tokens and 3 output tokens each, sent at 0 and 500 ms, the last one over at 651. */
const records = [requestRecord(), requestRecord({ id: "2", iteration: 1, sentMs: 500 })];
const watched = (samples: readonly ServerSample[], change: Partial<LoadedRun> = {}) =>
  warningsOf(loadedRun(records, { serverSamples: samples, ...change }));

test.each([
  { hits: 1, share: "5.0 %" },
  { hits: 0, share: null },
])("takes $hits prefix-cache hits from the server's counters where usage is silent", (row) => {
  const before = { prefixCacheQueries: 100, prefixCacheHits: 40 };
  const after = { prefixCacheQueries: 120, prefixCacheHits: 40 + row.hits };
  expect(watched([sample(-10, before), sample(700, after)])).toEqual(
    row.share === null
      ? []
      : [
          `run: ${row.share} of its prompt tokens came from the server's prefix cache, by its own counters`,
        ],
  );
});

test("a conversation is meant to find its history in the cache", () => {
  const usage = { promptTokens: 100, completionTokens: 3, cachedTokens: 90 };
  const talk = requestRecord({ id: "t", conversation: "c1", turn: 2, usage });
  expect(warningsOf(loadedRun([talk]))).toEqual([]);
  const own = requestRecord({ id: "3", usage: { ...usage, cachedTokens: 0 } });
  expect(warningsOf(loadedRun([talk, own]))).toEqual([]);
  expect(warningsOf(loadedRun([talk, { ...own, usage }]))).toEqual([
    "run: 90.0 % of its prompt tokens came from the server's prefix cache",
  ]);
});

test("hits are no surprise where busting the cache was switched off", () => {
  const header = runHeader({ settings: { CACHE_BUST: { value: "off", source: "flag" } } });
  const samples = [
    sample(-10, { prefixCacheQueries: 0, prefixCacheHits: 0 }),
    sample(700, { prefixCacheQueries: 20, prefixCacheHits: 20 }),
  ];
  expect(watched(samples, { header })).toEqual([]);
});

test.each([
  { before: 100, after: 106, why: "the same count", expected: [] },
  {
    before: 100,
    after: 107,
    why: "one more",
    expected: [
      "run: the server counted 16.7 % more output tokens (7) than the records (6): it served others too",
    ],
  },
  {
    before: 100,
    after: 103,
    why: "half",
    expected: [
      "run: the server counted 50 % fewer output tokens (3) than the records (6): the records count by another measure",
    ],
  },
])("compares the server's output tokens with the records': $why", ({ before, after, expected }) => {
  const samples = [
    sample(-10, { generationTokens: before }),
    sample(300, null),
    sample(700, { generationTokens: after }),
  ];
  expect(watched(samples)).toEqual(expected);
});

test("compares prompt tokens where the usage tells them", () => {
  const samples = [sample(-1, { promptTokens: 0 }), sample(700, { promptTokens: 40 })];
  expect(watched(samples)).toEqual([
    "run: the server counted 100 % more prompt tokens (40) than the records (20): it served others too",
  ]);
  expect(
    warningsOf(loadedRun([requestRecord({ usage: null })], { serverSamples: samples })),
  ).toEqual([]);
});

test("requests that the end of the run cut explain what the server counted more", () => {
  const file = runFile({ counts: { started: 4, recorded: 2, interrupted: 2, unsent: 0 } });
  const samples = [sample(-10, { generationTokens: 0 }), sample(700, { generationTokens: 9 })];
  expect(watched(samples, { file })).toEqual([
    "run: the server counted 50 % more output tokens (9) than the records (6): 2 requests were cut by the end of the run",
  ]);
});

test.each([
  { why: "watched from too late on", samples: [sample(1, { generationTokens: 0 })] },
  {
    why: "not watched to the end",
    samples: [sample(-10, { generationTokens: 0 }), sample(600, { generationTokens: 90 })],
  },
  {
    why: "begun anew in the middle",
    samples: [10, 0, 90].map((generationTokens, i) => sample(-10 + 500 * i, { generationTokens })),
  },
  { why: "never there", samples: [sample(-10, {}), sample(700, {})] },
])("a counter that was $why says nothing", ({ samples }) => {
  expect(watched(samples)).toEqual([]);
});

test("a run that was stopped says nothing of the server's count either", () => {
  const samples = [sample(-10, { generationTokens: 0 }), sample(700, { generationTokens: 90 })];
  expect(watched(samples, { incomplete: "it was stopped" })).toEqual([]);
});

test("says how many requests are retries", () => {
  const again = [...records, requestRecord({ id: "3", iteration: 2, attempt: 2 })];
  expect(warningsOf(loadedRun(again))).toEqual([
    "run: 1 of its 3 requests are retries, each judged by itself",
  ]);
});
