/** How far ahead START_AT may lie: an archive does not know it, and a scenario must outlast the wait for it. */
export const LONGEST_WAIT_MS = 600_000;

/** k6's `exec.instance`: milliseconds, monotonic, counting from before `setup`. */
interface FineClock {
  readonly currentTestRunDuration: number;
}

/** Tells milliseconds since T0, the start of the scenario, as a float of nanosecond resolution. */
export interface ScenarioClock {
  readonly engine: FineClock;
  /** T0 on that clock. */
  readonly t0Ms: number;
}

/**
 * The clock of the scenario that the calling VU runs in; make it once a VU.
 *
 * k6 has no `performance.now()`, and `Date.now()` is whole milliseconds. So T0, which k6 tells as a whole epoch
 * millisecond, is put on the fine clock once, good to 1 ms; from then on every time is read from that clock alone, and
 * differences are exact.
 *
 * @param startedEpochMs k6's `exec.scenario.startTime`
 */
export function createScenarioClock(engine: FineClock, startedEpochMs: number): ScenarioClock {
  const sinceT0Ms = Date.now() - startedEpochMs;
  return { engine, t0Ms: engine.currentTestRunDuration - sinceT0Ms };
}

/** Milliseconds since T0. */
export function scenarioTime(clock: ScenarioClock): number {
  return clock.engine.currentTestRunDuration - clock.t0Ms;
}
