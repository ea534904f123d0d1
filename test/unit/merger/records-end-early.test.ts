import { expect, test } from "vitest";
import type { PhaseWindow } from "../../../lib/core/load-plan.ts";
import { recordsEndEarly } from "../../../merger/records-end-early.ts";
import { requestRecord } from "../../support/records.ts";

const window = (phase: PhaseWindow["phase"], startMs: number, endMs: number): PhaseWindow => ({
  phase,
  level: 1,
  startMs,
  endMs,
  arrivals: null,
});
const plan = {
  kind: "closed",
  windows: [
    window("warmup", 0, 10_000),
    window("steady", 10_000, 60_000),
    window("drain", 60_000, 90_000),
  ],
  maxVus: 1,
} as const;

/** Requests of a second each, at these times. */
const requestsAt = (...sentMs: number[]) =>
  sentMs.map((at) => requestRecord({ sentMs: at, endMs: at + 1000 }));

const everySecondUntil = (seconds: number) =>
  requestsAt(...Array.from({ length: seconds }, (_, i) => i * 1000));

test.each([
  { name: "requests to the end of the steady phase", records: everySecondUntil(60) },
  // Silent from 58 s to 60 s.
  { name: "a pause at the end within the allowance", records: everySecondUntil(58) },
  // Silences of 9 s before, one of 19 s at the end.
  {
    name: "rare requests, none in the last part",
    records: requestsAt(0, 10_000, 20_000, 30_000, 40_000),
  },
])("$name: nothing is missing", ({ records }) => {
  expect(recordsEndEarly({ plan, records })).toBeNull();
});

test.each([
  { name: "stopped half way", records: everySecondUntil(30), ends: "30.0" },
  { name: "stopped before the steady phase", records: everySecondUntil(4), ends: "4.0" },
])("$name: says where the records end", ({ records, ends }) => {
  expect(recordsEndEarly({ plan, records })).toBe(
    `its records end at ${ends} s, its steady phase at 60.0 s`,
  );
});
