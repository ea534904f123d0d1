import { EndOfRun, EXIT } from "./end-of-run.ts";
import type { ThresholdSet } from "./metrics/threshold-set.ts";
import type { TestRun } from "./test-run.ts";

/** k6's pace. */
const EVALUATE_EVERY_MS = 2000;

/** Judge the thresholds while the load runs, and stop the run where one of them wants that. */
export function watchThresholds(run: TestRun, thresholds: ThresholdSet): { stop: () => void } {
  if (thresholds.isEmpty) return { stop: () => {} };
  const timer = setInterval(() => {
    const nowMs = run.clock.nowMs();
    if (!thresholds.wantAbort(nowMs)) return;
    clearInterval(timer);
    const breached = thresholds.breached(nowMs, true);
    run.abort(
      new EndOfRun(
        EXIT.thresholdsFailed,
        `thresholds on metrics '${breached.join(", ")}' were crossed; at least one has abortOnFail enabled, stopping test prematurely`,
      ),
    );
  }, EVALUATE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
