import { HostError } from "../script/host-error.ts";
import { Metric, type ValueKind } from "./metric.ts";
import type { MetricType } from "./sink.ts";

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/;

/** All metrics of a run by name: k6's own and the script's. Declaring one again gives the same metric. */
export class MetricRegistry {
  readonly #metrics = new Map<string, Metric>();
  /** Submetrics that thresholds name, by their full name. */
  readonly #submetrics = new Map<string, Metric>();

  /** @throws Error on a name that k6 refuses, or one declared before with another type */
  declare(name: string, type: MetricType, contains: ValueKind = "default"): Metric {
    if (!NAME.test(name)) {
      throw new HostError(
        `Invalid metric name: '${name}'. Metric names must only include up to 128 ASCII letters, numbers, or underscores and start with a letter or an underscore.`,
      );
    }
    const known = this.#metrics.get(name);
    if (known === undefined) {
      const metric = new Metric(name, type, contains);
      this.#metrics.set(name, metric);
      return metric;
    }
    if (known.type !== type) {
      throw new HostError(
        `metric '${name}' already exists but with type ${known.type}, instead of ${type}`,
      );
    }
    if (known.contains !== contains) {
      throw new HostError(
        `metric '${name}' already exists but with a value type ${known.contains}, instead of ${contains}`,
      );
    }
    return known;
  }

  get(name: string): Metric | undefined {
    return this.#metrics.get(name);
  }

  /**
   * The metric or submetric that a threshold's key names, such as `llm_ttft{phase:steady}`; marked to be shown.
   *
   * @throws Error where there is no such metric or the braces don't match
   */
  observe(key: string): Metric {
    const brace = key.indexOf("{");
    const name = brace < 0 ? key : key.slice(0, brace);
    const parent = this.#metrics.get(name);
    if (parent === undefined) {
      throw new HostError(
        `invalid threshold defined on ${key}; reason: no metric name "${name}" found`,
      );
    }
    parent.isObserved = true;
    if (brace < 0) return parent;
    if (!key.endsWith("}")) {
      throw new HostError(
        `threshold on "${key}": expected metric{tag:value,...} with a closing brace`,
      );
    }
    const selector = key.slice(brace + 1, -1);
    if (selector.split(",").some((pair) => !/:./.test(pair))) {
      throw new HostError(
        `threshold on "${key}": each tag needs a value, as in metric{tag:value,other:value}`,
      );
    }
    const submetric = this.keepSubmetric(parent, selector);
    submetric.isObserved = true;
    return submetric;
  }

  /** Keep a part of a metric; it is shown once it has a sample. */
  keepSubmetric(parent: Metric, selector: string): Metric {
    const submetric = parent.submetric(selector);
    this.#submetrics.set(submetric.name, submetric);
    return submetric;
  }

  /** What the summary shows. */
  observed(): Metric[] {
    return [...this.#metrics.values(), ...this.#submetrics.values()].filter(
      (metric) => metric.isObserved,
    );
  }
}
