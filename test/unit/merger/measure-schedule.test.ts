import { expect, test } from "vitest";
import { measureCell } from "../../../merger/measure-cell.ts";
import {
  offeredPerSecond,
  scheduleFigures,
  whySaturated,
} from "../../../merger/measure-schedule.ts";
import { loadedRun } from "../../support/loaded-run.ts";
import { requestRecord } from "../../support/records.ts";

const PLAN = {
  kind: "open",
  windows: [{ phase: "steady", level: 4, startMs: 0, endMs: 1000, arrivals: 6 }],
  maxVus: 8,
} as const;

const sent = (scheduledMs: number, readyMs: number, sentMs: number, id: string) =>
  requestRecord({ id, level: 4, scheduledMs, readyMs, sentMs });

const unsent = (id: string) =>
  requestRecord({
    id,
    level: 4,
    scheduledMs: 900,
    readyMs: 1000,
    sentMs: 1000,
    endMs: 1000,
    outcome: "unsent",
    good: false,
    firstContentMs: null,
    lastContentMs: null,
    gapsUs: [],
  });

test("lag counts from the schedule; the client's own from when a user was ready", () => {
  // On time; its user was ready early and it was sent 2 ms late; its user came 100 ms late and sent 3 ms later.
  const records = [sent(0, -5, 0, "1"), sent(100, 50, 102, "2"), sent(200, 300, 303, "3")];
  expect(scheduleFigures("open", records)).toEqual({
    lagMedianMs: 2,
    lagP99Ms: 2 + 0.98 * (103 - 2),
    clientLagMedianMs: 2,
    clientLagP99Ms: 2 + 0.98 * (3 - 2),
    unsent: 0,
  });
});

test("a closed loop has no schedule to be late for", () => {
  const figures = scheduleFigures("closed", [requestRecord()]);
  expect(Object.values(figures).every((figure) => figure === null)).toBe(true);
  expect(whySaturated(figures)).toBeNull();
});

const onTime = scheduleFigures("open", [sent(0, 0, 1, "1")]);
test.each([
  { figures: onTime, why: null },
  { figures: { ...onTime, unsent: 3 }, why: "the rate is not held: 3 requests were never sent" },
  {
    figures: { ...onTime, lagMedianMs: 12, lagP99Ms: 340 },
    why: "the rate is not held: requests were sent up to 340 ms late (p99)",
  },
  // Late for want of a punctual client: that is not the server's saturation.
  { figures: { ...onTime, clientLagMedianMs: 50 }, why: null },
])("says why a rate is not held: $why", ({ figures, why }) => {
  expect(whySaturated(figures)).toBe(why);
});

test("the offered rate is what the schedules of the steady windows hold", () => {
  const other = { ...PLAN, windows: [{ ...PLAN.windows[0], arrivals: 3 }] };
  const runs = [loadedRun([], { plan: PLAN }), loadedRun([], { plan: other })];
  expect(offeredPerSecond(runs, 4)).toBe(4.5);
  expect(offeredPerSecond(runs, 8)).toBeNull();
  expect(offeredPerSecond([loadedRun([])], 1)).toBeNull();
});

test("an open cell has latencies from schedule beside those from send, and its unsent as failures", () => {
  const late = Array.from({ length: 12 }, (_, i) => sent(i, i + 40, i + 40, String(i)));
  const { figures } = measureCell("m", 4, [loadedRun([...late, unsent("x")], { plan: PLAN })]);
  expect(figures).toMatchObject({
    loop: "open",
    level: 4,
    requests: 13,
    completed: 12,
    failed: 1,
    unsent: 1,
    offeredPerSecond: 6,
    saturated: "the rate is not held: 1 request was never sent",
  });
  // 100 ms from send to the first content, 150 to the last; 40 ms late.
  expect(figures.ttftMs.p50?.value).toBe(100);
  expect(figures.ttftFromScheduleMs.p50?.value).toBe(140);
  expect(figures.e2eFromScheduleMs.p50?.value).toBe(190);
  expect(figures.scheduleLagMs.p50?.value).toBe(40);
});
