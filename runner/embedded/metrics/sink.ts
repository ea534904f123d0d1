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

/** 8 kB: little for a metric of a few samples, and next to nothing of one with many. */
const BLOCK = 1024;
const NONE = new Float64Array(0);

/**
 * Keeps every sample, 8 bytes each: percentiles are exact, as k6's. New samples go into blocks, so that nothing is copied
 * or held in reserve while a run grows; being asked for a quantile merges all into one sorted array that takes their place.
 */
export class TrendSink {
  readonly kind = "trend";
  #sorted = NONE;
  #unsorted: Float64Array[] = [];
  #block = NONE;
  #inBlock = 0;
  count = 0;
  sum = 0;
  min = 0;
  max = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(value: number): void {
    if (this.#inBlock === this.#block.length) {
      this.#block = new Float64Array(BLOCK);
      this.#unsorted.push(this.#block);
      this.#inBlock = 0;
    }
    this.#block[this.#inBlock] = value;
    this.#inBlock += 1;
    this.min = this.count === 0 ? value : Math.min(this.min, value);
    this.max = this.count === 0 ? value : Math.max(this.max, value);
    this.count += 1;
    this.sum += value;
  }

  get average(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** @param q 0 to 1 */
  quantile(q: number): number {
    if (this.count === 0) return 0;
    if (this.#unsorted.length > 0) this.#sort();
    return quantile(this.#sorted, q);
  }

  #sort(): void {
    const all = new Float64Array(this.count);
    all.set(this.#sorted);
    let filled = this.#sorted.length;
    for (const block of this.#unsorted) {
      // Of the last block only as much as it holds.
      all.set(block.subarray(0, this.count - filled), filled);
      filled += block.length;
    }
    this.#sorted = all.sort();
    this.#unsorted = [];
    this.#block = NONE;
    this.#inBlock = 0;
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
