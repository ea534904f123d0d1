import type { ScenarioClock } from "../../../lib/k6/scenario-clock.ts";

/** Each reading of the clock is one millisecond later. */
export function tickingClock(): ScenarioClock {
  let ms = 0;
  const engine = {
    get currentTestRunDuration() {
      ms += 1;
      return ms;
    },
  };
  return { engine, t0Ms: 0 };
}
