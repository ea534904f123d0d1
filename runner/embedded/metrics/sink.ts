import { quantile } from "../../../lib/core/quantile.ts";

/**
 * What a metric keeps of its samples. The arithmetic is k6's: percentiles by linear interpolation (type 7), an empty
 * Trend is 0 everywhere, a Gauge's extremes start with its first value.
 */
class CounterSink {
  readonly kind = "counter";
  count = 0;
  isEmpty = true;

  add(value: number): void {
    this.count += value;
    this.isEmpty = false;
  }

  /** Per second of the run so far; 0 where no time has passed. */
  rate(durationMs: number): number {
    return durationMs === 0 ? 0 : (this.count / durationMs) * 1000;
  }
}

class GaugeSink {
  readonly kind = "gauge";
  value = 0;
  min = 0;
  max = 0;
  isEmpty = true;

  add(value: number): void {
    this.value = value;
    this.min = this.isEmpty ? value : Math.min(this.min, value);
    this.max = this.isEmpty ? value : Math.max(this.max, value);
    this.isEmpty = false;
  }
}

class RateSink {
  readonly kind = "rate";
  trues = 0;
  total = 0;

  get isEmpty(): boolean {
    return this.total === 0;
  }

  add(value: number): void {
    this.total += 1;
    if (value !== 0) this.trues += 1;
  }

  get rate(): number {
    return this.total === 0 ? 0 : this.trues / this.total;
  }
}

const FIRST_CAPACITY = 64;

export class TrendSink {
  readonly kind = "trend";
  #values = new Float64Array(FIRST_CAPACITY);
  #sortedCopy: Float64Array | null = null;
  count = 0;
  sum = 0;
  min = 0;
  max = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(value: number): void {
    if (this.count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.count] = value;
    this.min = this.count === 0 ? value : Math.min(this.min, value);
    this.max = this.count === 0 ? value : Math.max(this.max, value);
    this.count += 1;
    this.sum += value;
    this.#sortedCopy = null;
  }

  get average(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** @param q 0 to 1 */
  quantile(q: number): number {
    if (this.count === 0) return 0;
    this.#sortedCopy ??= this.#values.slice(0, this.count).sort();
    return quantile(this.#sortedCopy, q);
  }

  /** Quantile of the last samples alone: cheap enough to ask for while the load runs. */
  recentQuantile(q: number, samples: number): number {
    if (this.count === 0) return 0;
    return quantile(this.#values.slice(Math.max(0, this.count - samples), this.count).sort(), q);
  }
}

export type Sink = CounterSink | GaugeSink | RateSink | TrendSink;
export type MetricType = Sink["kind"];

export function createSink(type: MetricType): Sink {
  switch (type) {
    case "counter":
      return new CounterSink();
    case "gauge":
      return new GaugeSink();
    case "rate":
      return new RateSink();
    case "trend":
      return new TrendSink();
    default:
      return type satisfies never;
  }
}
