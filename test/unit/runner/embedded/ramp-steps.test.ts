import { describe, expect, test } from "vitest";
import { rampPeak, rampSteps } from "../../../../runner/embedded/executors/ramp-steps.ts";
import { usersNeeded } from "../../../../runner/embedded/executors/run-scenarios.ts";
import { parseScenario } from "../../../../runner/embedded/options/scenario-options.ts";

const stage = (duration: number, target: number) => ({ duration, target });
const shown = (ramp: Parameters<typeof rampSteps>[0]) =>
  rampSteps(ramp).map(({ atMs, users }) => [atMs, users]);

describe("the steps of a ramp", () => {
  test("a slope reaches its target at its very end, users at equal distances", () => {
    expect(shown({ startVUs: 0, stages: [stage(2000, 4), stage(1000, 2)] })).toEqual([
      [0, 0],
      [500, 1],
      [1000, 2],
      [1500, 3],
      [2000, 4],
      [2500, 3],
      [3000, 2],
    ]);
  });

  test("a stage of no time is one jump, and no jump to where it is", () => {
    const stages = [stage(0, 5), stage(1000, 5), stage(0, 5), stage(0, 1)];
    expect(shown({ startVUs: 0, stages })).toEqual([
      [0, 0],
      [0, 5],
      [1000, 1],
    ]);
    expect(rampPeak({ startVUs: 0, stages })).toBe(5);
  });
});

test("users are counted where scenarios overlap, graces included", () => {
  const scenario = (startTime: string, vus: number) =>
    parseScenario("s", {
      executor: "constant-vus",
      vus,
      duration: "10s",
      startTime,
      gracefulStop: "5s",
    });
  expect(usersNeeded([scenario("0s", 3), scenario("12s", 4)])).toBe(7);
  expect(usersNeeded([scenario("0s", 3), scenario("16s", 4)])).toBe(4);
});
