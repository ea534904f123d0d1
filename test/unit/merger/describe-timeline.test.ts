import { expect, test } from "vitest";
import { describeTimeline } from "../../../merger/describe-timeline.ts";
import type { ServerSample } from "../../../records/server-sample.ts";
import { loadedRun } from "../../support/loaded-run.ts";
import { requestRecord, runHeader } from "../../support/records.ts";

const { t0EpochMs } = runHeader();

function sample(
  atMs: number,
  waiting: number | null,
  gpus: ServerSample["gpus"] = [],
): ServerSample {
  return {
    kind: "server-sample",
    version: 1,
    atEpochMs: t0EpochMs + atMs,
    server:
      waiting === null
        ? null
        : {
            running: 2,
            waiting,
            kvCacheUsage: 0.25,
            promptTokens: null,
            generationTokens: null,
            prefixCacheQueries: null,
            prefixCacheHits: null,
          },
    gpus,
  };
}

test("cuts a run into steps: tokens by when they came, TTFT by when it was sent", () => {
  const run = loadedRun([
    requestRecord({ id: "1", sentMs: 0 }),
    requestRecord({ id: "2", sentMs: 400, firstContentMs: 550, lastContentMs: 600, endMs: 900 }),
  ]);
  expect(describeTimeline(run).points).toEqual([
    // 3 tokens of the first; it was in flight for 151 ms, the second for 100 of these 500.
    { atSeconds: 0, tokensPerSecond: 6, inFlight: 0.502, ttftMs: 125 },
    { atSeconds: 0.5, tokensPerSecond: 6, inFlight: 0.8, ttftMs: null },
  ]);
});

test("puts the server's samples on the same axis, averaged over a step, none outside of the run", () => {
  const gpu = { utilization: 0.5, memoryUsedBytes: 30, memoryTotalBytes: 40, powerWatts: null };
  const run = loadedRun([requestRecord({ endMs: 1400 })], {
    serverSamples: [
      sample(-500, 9),
      sample(100, 4),
      sample(300, 6),
      sample(1000, null, [
        { index: 0, ...gpu },
        { index: 1, ...gpu, utilization: 1, memoryUsedBytes: 10 },
      ]),
      sample(2000, 9),
    ],
  });
  const absent = { running: null, waiting: null, kvCacheUsage: null };
  expect(describeTimeline(run).server).toEqual([
    {
      atSeconds: 0,
      running: 2,
      waiting: 5,
      kvCacheUsage: 0.25,
      gpuUtilization: null,
      gpuMemoryUsage: null,
    },
    { atSeconds: 1, ...absent, gpuUtilization: 0.75, gpuMemoryUsage: 0.5 },
  ]);
});

test("an hour has as many points as a chart can show, and no more", () => {
  const hourMs = 3_600_000;
  const run = loadedRun([requestRecord({ endMs: hourMs })], {
    serverSamples: Array.from({ length: 3600 }, (_, second) => sample(1000 * second, 1)),
  });
  const { points, server } = describeTimeline(run);
  expect(points.length).toBe(120);
  expect(server.length).toBe(120);
  expect(server.at(-1)?.atSeconds).toBe(points.at(-1)?.atSeconds);
});

test("what was never sent was never in flight", () => {
  const unsent = requestRecord({
    id: "2",
    outcome: "unsent",
    scheduledMs: 100,
    readyMs: 900,
    sentMs: 900,
    endMs: 900,
    firstContentMs: null,
    lastContentMs: null,
  });
  const { points } = describeTimeline(loadedRun([requestRecord(), unsent]));
  expect(points.map(({ inFlight }) => inFlight)).toEqual([0.302, 0]);
});
