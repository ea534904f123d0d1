import { createSink, type MetricType, type Sink } from "./sink.ts";
import type { Tags } from "./tags.ts";
import type { Threshold } from "./threshold.ts";

/** What a metric's numbers are: k6 shows times and bytes differently. */
export type ValueKind = "default" | "time" | "data";

/** The part of a metric's samples that carries certain tags; k6 keeps one only where a threshold names it. */
interface Submetric {
  readonly metric: Metric;
  readonly wanted: readonly (readonly [string, string])[];
}

export class Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly contains: ValueKind;
  readonly sink: Sink;
  readonly thresholds: Threshold[] = [];
  readonly #submetrics: Submetric[] = [];
  /** Whether the summary shows it: it has a sample, or a threshold names it. */
  isObserved = false;

  constructor(name: string, type: MetricType, contains: ValueKind) {
    this.name = name;
    this.type = type;
    this.contains = contains;
    this.sink = createSink(type);
  }

  /**
   * Add a sample.
   *
   * @param own tags of this sample alone; they win over the user's
   * @param base tags of the virtual user that adds it
   */
  add(value: number, base: Tags, own: Tags): void {
    this.isObserved = true;
    this.sink.add(value);
    for (const { metric, wanted } of this.#submetrics) {
      if (wanted.every(([tag, expected]) => (own[tag] ?? base[tag] ?? "") === expected)) {
        metric.isObserved = true;
        metric.sink.add(value);
      }
    }
  }

  /** The submetric of a selector such as `phase:steady,outcome:completed`; the same one for the same tags. */
  submetric(selector: string): Metric {
    const wanted = parseSelector(selector);
    const known = this.#submetrics.find((other) => sameTags(other.wanted, wanted));
    if (known) return known.metric;
    const metric = new Metric(`${this.name}{${selector.trim()}}`, this.type, this.contains);
    this.#submetrics.push({ metric, wanted });
    return metric;
  }
}

function parseSelector(selector: string): [string, string][] {
  return selector
    .trim()
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const colon = pair.indexOf(":");
      const name = colon < 0 ? pair : pair.slice(0, colon);
      const value = colon < 0 ? "" : pair.slice(colon + 1);
      return [unquote(name), unquote(value)];
    });
}

function unquote(text: string): string {
  return text.trim().replace(/^["']+|["']+$/g, "");
}

function sameTags(a: Submetric["wanted"], b: Submetric["wanted"]): boolean {
  const key = (tags: Submetric["wanted"]) => JSON.stringify([...tags].sort());
  return key(a) === key(b);
}
