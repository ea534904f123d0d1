import { describe, expect, test } from "vitest";
import { planEndMs, windowAt } from "../../../lib/core/load-plan.ts";
import { levelSweepSchedule, rampHoldDrainSchedule } from "../../../lib/workload/closed-load.ts";

describe("ramp, hold, drain", () => {
  const schedule = rampHoldDrainSchedule({
    vus: 50,
    steadyMs: 60_000,
    rampUpMs: 15_000,
    drainMs: 10_000,
  });

  test("goes from nobody to all, holds, and goes back to nobody", () => {
    expect(schedule.startVus).toBe(0);
    expect(schedule.stages).toEqual([
      { target: 50, durationMs: 15_000 },
      { target: 50, durationMs: 60_000 },
      { target: 0, durationMs: 10_000 },
    ]);
    expect(planEndMs(schedule.plan)).toBe(85_000);
  });

  test.each([
    [0, "warmup", null],
    [14_999.9, "warmup", null],
    [15_000, "steady", 50],
    [74_999.9, "steady", 50],
    [75_000, "drain", null],
    [999_999, "drain", null],
  ])("at %d ms it is %s at level %s", (atMs, phase, level) => {
    expect(windowAt(schedule.plan, atMs)).toMatchObject({ phase, level });
  });

  test("a short run has short edges: at most a quarter of the steady time each", () => {
    const short = rampHoldDrainSchedule({
      vus: 2,
      steadyMs: 4_000,
      rampUpMs: 15_000,
      drainMs: 500,
    });
    expect(short.stages.map(({ durationMs }) => durationMs)).toEqual([1_000, 4_000, 500]);
  });
});

describe("level sweep", () => {
  const schedule = levelSweepSchedule({ levels: [1, 2, 4], levelMs: 10_000, settleMs: 2_000 });

  test("steps without a ramp, and holds the last level while its requests end", () => {
    expect(schedule.startVus).toBe(1);
    expect(schedule.stages).toEqual([
      { target: 1, durationMs: 0 },
      { target: 1, durationMs: 10_000 },
      { target: 2, durationMs: 0 },
      { target: 2, durationMs: 10_000 },
      { target: 4, durationMs: 0 },
      { target: 4, durationMs: 10_000 },
      { target: 4, durationMs: 2_000 },
    ]);
  });

  test("uses as many users as its largest level, not the sum", () => {
    expect(schedule.plan.maxVus).toBe(4);
  });

  test.each([
    [0, "warmup", 1],
    [2_000, "steady", 1],
    [10_000, "warmup", 2],
    [12_000, "steady", 2],
    [20_000, "warmup", 4],
    [29_999, "steady", 4],
    [30_000, "drain", 4],
    [32_000, "drain", null],
  ])("at %d ms it is %s at level %s", (atMs, phase, level) => {
    expect(windowAt(schedule.plan, atMs)).toMatchObject({ phase, level });
  });

  test("windows follow one another without a gap, over all stages", () => {
    const { windows } = schedule.plan;
    expect(windows.slice(1).map((w) => w.startMs)).toEqual(
      windows.slice(0, -1).map((w) => w.endMs),
    );
    expect(windows.at(-1)?.endMs).toBe(planEndMs(schedule.plan));
    expect(schedule.stages.reduce((sum, s) => sum + s.durationMs, 0)).toBe(
      planEndMs(schedule.plan),
    );
  });

  test("users that start together are spread within the settling time", () => {
    expect(schedule.staggerMs).toBe(1_000);
    expect(levelSweepSchedule({ levels: [1], levelMs: 2_000, settleMs: 5_000 }).staggerMs).toBe(
      250,
    );
  });
});
