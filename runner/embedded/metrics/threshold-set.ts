import { invalidConfig } from "../end-of-run.ts";
import type { ThresholdOption } from "../options/script-options.ts";
import type { Metric } from "./metric.ts";
import type { MetricRegistry } from "./metric-registry.ts";
import { aggregate, parseExpression } from "./threshold.ts";

/** Which metrics broke a threshold, and whether one of them wants the run to stop. */
export interface ThresholdVerdict {
  readonly breached: readonly string[];
  readonly abort: boolean;
}

/** All thresholds of a run, attached to the metrics and submetrics that their keys name. */
export class ThresholdSet {
  readonly #metrics: Metric[] = [];

  /** @throws EndOfRun (104) on an unknown metric or an expression that can't be read */
  constructor(
    options: Readonly<Record<string, readonly ThresholdOption[]>>,
    registry: MetricRegistry,
  ) {
    for (const [key, thresholds] of Object.entries(options)) {
      try {
        const metric = registry.observe(key);
        for (const { threshold, abortOnFail, delayAbortEvalMs } of thresholds) {
          metric.thresholds.push({
            source: threshold,
            ...parseExpression(threshold, metric.type),
            abortOnFail,
            delayAbortEvalMs,
            failed: false,
          });
        }
        this.#metrics.push(metric);
      } catch (error) {
        throw invalidConfig(error instanceof Error ? error.message : String(error));
      }
    }
  }

  get isEmpty(): boolean {
    return this.#metrics.length === 0;
  }

  /**
   * Judge every threshold.
   *
   * @param skipEmpty during the run k6 passes over metrics without samples; at its end it judges them too
   */
  evaluate(durationMs: number, skipEmpty: boolean): ThresholdVerdict {
    const breached: string[] = [];
    let abort = false;
    for (const metric of this.#metrics) {
      if (skipEmpty && metric.sink.isEmpty) continue;
      let held = true;
      for (const threshold of metric.thresholds) {
        const value = aggregate(metric.sink, threshold.aggregation, durationMs);
        threshold.failed = value !== undefined && !threshold.passes(value);
        if (!threshold.failed) continue;
        held = false;
        abort ||=
          threshold.abortOnFail &&
          (threshold.delayAbortEvalMs === null || threshold.delayAbortEvalMs < durationMs);
      }
      if (!held) breached.push(metric.name);
    }
    return { breached: breached.sort(), abort };
  }
}
