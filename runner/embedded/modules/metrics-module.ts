import type { Metric, ValueKind } from "../metrics/metric.ts";
import type { MetricType } from "../metrics/sink.ts";
import { NO_TAGS, parseTags, type Tags } from "../metrics/tags.ts";
import { HostError } from "../script/host-error.ts";
import type { VirtualUser } from "../script/virtual-user.ts";

/** `k6/metrics`: a script's own metrics. Declared in the init context; each user's objects add to the same metrics. */
export function createMetricsModule(user: VirtualUser): object {
  abstract class ScriptMetric {
    readonly name: string;
    readonly #metric: Metric;

    constructor(type: MetricType, name: unknown, isTime: unknown) {
      if (user.isInitialized) {
        throw new HostError("metrics must be declared in the init context");
      }
      this.name = String(name);
      const contains: ValueKind = isTime === true ? "time" : "default";
      this.#metric = user.run.registry.declare(this.name, type, contains);
    }

    /** @returns false where the value is no number: k6 drops it with a warning */
    add(value: unknown, tags?: unknown): boolean {
      if (user.call === null) {
        throw new HostError("Adding to metrics in the init context is not supported");
      }
      const number = typeof value === "boolean" ? Number(value) : toNumber(value);
      if (Number.isNaN(number)) {
        user.run.log(
          "warn",
          `'${String(value)}' is an invalid value for metric '${this.name}', a number or a boolean value is expected`,
        );
        return false;
      }
      this.#metric.add(number, user.tags, tags === undefined ? NO_TAGS : this.#parse(tags));
      return true;
    }

    #parse(tags: unknown): Tags {
      try {
        return parseTags(tags);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new HostError(`cannot add tags for the '${this.name}' custom metric: ${reason}`);
      }
    }
  }

  return {
    Counter: class Counter extends ScriptMetric {
      constructor(name: unknown, isTime?: unknown) {
        super("counter", name, isTime);
      }
    },
    Gauge: class Gauge extends ScriptMetric {
      constructor(name: unknown, isTime?: unknown) {
        super("gauge", name, isTime);
      }
    },
    Rate: class Rate extends ScriptMetric {
      constructor(name: unknown, isTime?: unknown) {
        super("rate", name, isTime);
      }
    },
    Trend: class Trend extends ScriptMetric {
      constructor(name: unknown, isTime?: unknown) {
        super("trend", name, isTime);
      }
    },
  };
}

function toNumber(value: unknown): number {
  if (value === null || value === undefined) return Number.NaN;
  return typeof value === "number" ? value : Number(value);
}
