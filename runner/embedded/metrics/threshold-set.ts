import { invalidConfig } from "../end-of-run.ts";
import type { ThresholdOption } from "../options/script-options.ts";
import type { Metric } from "./metric.ts";
import type { MetricRegistry } from "./metric-registry.ts";
import type { Sink } from "./sink.ts";
import { aggregate, parseExpression, type Threshold } from "./threshold.ts";

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
   * Whether a threshold that is to stop the run is broken by now; metrics without samples break none, as with k6. The other
   * thresholds are passed over: judging a Trend sorts all its samples, and every token that comes meanwhile is noted late.
   */
  wantAbort(durationMs: number): boolean {
    return this.#metrics.some(
      ({ sink, thresholds }) =>
        !sink.isEmpty &&
        thresholds.some(
          (threshold) =>
            threshold.abortOnFail &&
            (threshold.delayAbortEvalMs === null || threshold.delayAbortEvalMs < durationMs) &&
            isBroken(threshold, sink, durationMs),
        ),
    );
  }

  /**
   * Judge every threshold.
   *
   * @param skipEmpty during the run k6 passes over metrics without samples; at its end it judges them too
   * @returns names of the metrics that broke one, sorted
   */
  breached(durationMs: number, skipEmpty: boolean): string[] {
    const names: string[] = [];
    for (const { name, sink, thresholds } of this.#metrics) {
      if (skipEmpty && sink.isEmpty) continue;
      for (const threshold of thresholds) threshold.failed = isBroken(threshold, sink, durationMs);
      if (thresholds.some(({ failed }) => failed)) names.push(name);
    }
    return names.sort();
  }
}

function isBroken({ aggregation, passes }: Threshold, sink: Sink, durationMs: number): boolean {
  const value = aggregate(sink, aggregation, durationMs);
  return value !== undefined && !passes(value);
}
