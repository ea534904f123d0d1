import exec from "k6/execution";

/** Milliseconds since T0, the start of the scenario, as a float of nanosecond resolution. */
export type ScenarioClock = () => number;

/**
 * The clock of the scenario that the calling VU runs in; make it once a VU.
 *
 * k6 has no `performance.now()`, and `Date.now()` is whole milliseconds. `currentTestRunDuration` is monotonic and fine,
 * but counts from before `setup`. So T0, which k6 tells as a whole epoch millisecond, is put on that clock once, good
 * to 1 ms; from then on every time is read from the fine clock alone, and differences are exact.
 */
export function createScenarioClock(): ScenarioClock {
  const { instance } = exec;
  const t0 = instance.currentTestRunDuration - (Date.now() - exec.scenario.startTime);
  return () => instance.currentTestRunDuration - t0;
}
