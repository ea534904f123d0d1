import { expect, test } from "vitest";
import { type LoadPlan, planEndMs } from "../../../lib/core/load-plan.ts";
import { constantRate, poisson } from "../../../lib/workload/arrivals.ts";
import type { ArrivalSchedule, LoadRun, LoadShape } from "../../../lib/workload/load-shape.ts";
import { bursts, openLoop, rateSweep, spike } from "../../../lib/workload/open-load.ts";
import { traceReplay } from "../../../lib/workload/trace-replay.ts";

function schedule(
  shape: LoadShape,
  load: LoadRun["settings"]["load"] = {},
  files: Readonly<Record<string, string>> = {},
): ArrivalSchedule {
  const made = shape.schedule({
    settings: { load: { ...shape.settings.defaults, ...load }, seed: 1, dataset: undefined },
    share: (_, make) => make(),
    openFile: (path) => files[path] ?? "",
  });
  if (made.kind !== "arrivals") throw new Error(`${made.kind} where arrivals are due`);
  return made;
}

const spans = ({ windows }: LoadPlan) =>
  windows.map(({ phase, level, startMs, endMs, arrivals }) => [
    phase,
    level,
    startMs,
    endMs,
    arrivals,
  ]);

const LOOP = openLoop({
  arrivals: constantRate,
  rate: 4,
  warmUp: "10s",
  steady: "60s",
  maxVus: 100,
});

test("an open loop warms up, holds its rate, and goes on while what was sent ends", () => {
  const { plan, timesMs } = schedule(LOOP);
  expect(plan).toMatchObject({ kind: "open", maxVus: 100 });
  expect(spans(plan)).toEqual([
    ["warmup", 4, 0, 10_000, 40],
    ["steady", 4, 10_000, 70_000, 240],
    ["drain", 4, 70_000, 80_000, 40],
  ]);
  expect(timesMs.length).toBe(320);
});

test("settings go over its figures, and a short run stays short", () => {
  const { plan } = schedule(LOOP, { RATE: "0.5", DURATION: "8s", VUS: "3" });
  expect(plan.maxVus).toBe(3);
  expect(spans(plan)).toEqual([
    ["warmup", 0.5, 0, 2_000, 1],
    ["steady", 0.5, 2_000, 10_000, 4],
    ["drain", 0.5, 10_000, 12_000, 1],
  ]);
});

test("bursts come at once, as many as make the rate", () => {
  const shape = bursts({ size: 20, rate: 2, warmUp: "0s", steady: "30s", maxVus: 100 });
  const { timesMs, plan } = schedule(shape);
  expect([...new Set(Array.from(timesMs))]).toEqual([0, 10_000, 20_000]);
  expect(spans(plan)[1]).toEqual(["steady", 2, 0, 30_000, 60]);
});

test("a spike is a multiple of the rate between two stretches of it", () => {
  const shape = spike({
    arrivals: constantRate,
    rate: 2,
    times: 5,
    warmUp: "0s",
    part: "10s",
    maxVus: 50,
  });
  const steady = spans(schedule(shape).plan).filter(([phase]) => phase === "steady");
  expect(steady.map(([, level, , , arrivals]) => [level, arrivals])).toEqual([
    [2, 20],
    [10, 100],
    [2, 20],
  ]);
});

test("a rate sweep settles at each rate, and leaves the limits to the report", () => {
  const shape = rateSweep({
    arrivals: poisson,
    rates: [1, 2],
    levelTime: "20s",
    settle: "5s",
    maxVus: 10,
  });
  expect(shape.gate).toBe("floors");
  const { plan } = schedule(shape, { RATE: "1,4" });
  expect(spans(plan).map(([phase, level, startMs]) => [phase, level, startMs])).toEqual([
    ["warmup", 1, 0],
    ["steady", 1, 5_000],
    ["warmup", 4, 20_000],
    ["steady", 4, 25_000],
    ["drain", 4, 40_000],
  ]);
});

test("a plan in which nothing to be measured is due is refused", () => {
  const rare = openLoop({ arrivals: poisson, rate: 0.001, warmUp: "0s", steady: "1s", maxVus: 1 });
  expect(() => schedule(rare)).toThrow(/no request falls into the steady time/);
  const once = bursts({ size: 20, rate: 1, warmUp: "1s", steady: "4s", maxVus: 20 });
  expect(() => schedule(once)).toThrow(/no request falls into the steady time/);
});

test("a plan of more requests than can be held is refused before it is drawn to its end", () => {
  const long = openLoop({ arrivals: poisson, rate: 4, warmUp: "0s", steady: "1s", maxVus: 1 });
  expect(() => schedule(long, { DURATION: "10000h" })).toThrow(/over 5000000 requests/);
});

test("a trace is replayed at its own times: faster, again where it is over, as far as asked", () => {
  const trace = [0, 1000, 3000]
    .map((timestamp) =>
      JSON.stringify({ timestamp, input_length: 4, output_length: 2, hash_ids: [1] }),
    )
    .join("\n");
  const { load } = traceReplay({
    trace: "t.jsonl",
    text: "text.txt",
    length: "6s",
    warmUp: "0s",
    maxVus: 5,
  });
  const files = { "t.jsonl": trace };
  // A round is one mean gap longer than the trace, 4.5 s.
  expect(Array.from(schedule(load, {}, files).timesMs)).toEqual([0, 1000, 3000, 4500, 5500]);
  const once = schedule(load, { TRACE_LOOP: "off", TRACE_SPEEDUP: "2" }, files);
  expect(Array.from(once.timesMs)).toEqual([0, 500, 1500]);
  expect(planEndMs(once.plan)).toBe(6_000);
  expect(spans(once.plan)[1]).toEqual(["steady", 0.5, 0, 6_000, 3]);
});
