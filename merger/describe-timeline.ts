import { quantile, sortedCopy } from "../lib/core/quantile.ts";
import { requestMetrics } from "../lib/core/request-metrics.ts";
import type { TradeoffReport } from "../records/report.ts";
import type { ServerSample } from "../records/server-sample.ts";
import type { LoadedRun } from "./read-runs.ts";
import { forEachTokenEvent } from "./tally-windows.ts";

type Timeline = TradeoffReport["timelines"][number];

/** Points of a run at most: as many as a chart can show. */
const TIMELINE_POINTS = 120;
const LEAST_STEP_MS = 500;

/**
 * A run in steps of time: what its requests met (tokens per second, requests in flight, TTFT of those sent), and what the
 * server and its GPUs said of themselves, all seconds since T0.
 */
export function describeTimeline(run: LoadedRun): Timeline {
  const endMs = run.records.reduce((latest, record) => Math.max(latest, record.endMs), 0);
  const stepMs = Math.max(
    LEAST_STEP_MS,
    Math.ceil(endMs / TIMELINE_POINTS / LEAST_STEP_MS) * LEAST_STEP_MS,
  );
  const steps = Math.ceil(endMs / stepMs);
  return {
    run: run.id,
    variant: run.variant,
    points: clientPoints(run, stepMs, steps),
    server: serverPoints(run, stepMs, steps),
  };
}

function clientPoints({ records }: LoadedRun, stepMs: number, steps: number): Timeline["points"] {
  const tokens = new Float64Array(steps);
  const busyMs = new Float64Array(steps);
  const ttfts = Array.from({ length: steps }, (): number[] => []);
  for (const record of records) {
    if (record.outcome === "unsent") continue;
    forEachTokenEvent(record, (atMs, count) => {
      const step = Math.floor(atMs / stepMs);
      tokens[step] = (tokens[step] ?? 0) + count;
    });
    for (let step = Math.floor(record.sentMs / stepMs); step * stepMs < record.endMs; step += 1) {
      const from = Math.max(record.sentMs, step * stepMs);
      const to = Math.min(record.endMs, (step + 1) * stepMs);
      busyMs[step] = (busyMs[step] ?? 0) + Math.max(0, to - from);
    }
    const ttftMs = record.outcome === "completed" ? requestMetrics(record)?.ttftMs : undefined;
    if (ttftMs !== undefined) ttfts[Math.floor(record.sentMs / stepMs)]?.push(ttftMs);
  }
  return ttfts.map((sent, step) => ({
    atSeconds: (step * stepMs) / 1000,
    tokensPerSecond: round(((tokens[step] ?? 0) * 1000) / stepMs),
    inFlight: round((busyMs[step] ?? 0) / stepMs),
    ttftMs: sent.length === 0 ? null : round(quantile(sortedCopy(sent), 0.5)),
  }));
}

/** Means over each step; a step without a sample has no point. Samples from before T0 and from after the last answer are left out. */
function serverPoints(run: LoadedRun, stepMs: number, steps: number): Timeline["server"] {
  const byStep = new Map<number, ServerSample[]>();
  for (const sample of run.serverSamples) {
    const step = Math.floor((sample.atEpochMs - run.header.t0EpochMs) / stepMs);
    if (step >= 0 && step < steps) byStep.set(step, [...(byStep.get(step) ?? []), sample]);
  }
  return [...byStep]
    .sort(([a], [b]) => a - b)
    .map(([step, samples]) => {
      const server = samples.flatMap((sample) => sample.server ?? []);
      return {
        atSeconds: (step * stepMs) / 1000,
        running: mean(server.map(({ running }) => running)),
        waiting: mean(server.map(({ waiting }) => waiting)),
        kvCacheUsage: mean(server.map(({ kvCacheUsage }) => kvCacheUsage)),
        gpuUtilization: mean(
          samples.map(({ gpus }) => mean(gpus.map(({ utilization }) => utilization))),
        ),
        gpuMemoryUsage: mean(samples.map(memoryUsage)),
      };
    });
}

/** Of all GPUs together. */
function memoryUsage({ gpus }: ServerSample): number | null {
  const known = gpus.flatMap(({ memoryUsedBytes: used, memoryTotalBytes: total }) =>
    used === null || total === null || total === 0 ? [] : [{ used, total }],
  );
  const total = known.reduce((sum, gpu) => sum + gpu.total, 0);
  return total === 0 ? null : known.reduce((sum, gpu) => sum + gpu.used, 0) / total;
}

/** Of those that are there; `null` where none is. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0
    ? null
    : round(known.reduce((sum, value) => sum + value, 0) / known.length);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
