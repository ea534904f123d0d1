import type { MetricType, Sink } from "./sink.ts";

/**
 * One threshold: k6's grammar `aggregation operator number`, where the aggregation is one of avg, min, max, med, p(N),
 * count, rate, value (by the metric's type).
 */
export interface Threshold {
  readonly source: string;
  readonly aggregation: Aggregation;
  readonly passes: (value: number) => boolean;
  readonly abortOnFail: boolean;
  /** Run time before which a failing threshold doesn't abort; `null` where none is given. */
  readonly delayAbortEvalMs: number | null;
  /** The verdict of the last evaluation; a threshold that was never evaluated passes. */
  failed: boolean;
}

export type Aggregation =
  | { readonly kind: "count" | "rate" | "value" | "avg" | "min" | "max" | "med" }
  | { readonly kind: "p"; readonly percentile: number };

// Longer operators first: "<=" holds "<".
const OPERATORS: readonly (readonly [string, (left: number, right: number) => boolean])[] = [
  ["<=", (left, right) => left <= right],
  ["<", (left, right) => left < right],
  [">=", (left, right) => left >= right],
  [">", (left, right) => left > right],
  ["===", (left, right) => left === right],
  ["==", (left, right) => left === right],
  ["!=", (left, right) => left !== right],
];

const SUPPORTED: Readonly<Record<MetricType, readonly Aggregation["kind"][]>> = {
  counter: ["count", "rate"],
  gauge: ["value"],
  rate: ["rate"],
  trend: ["avg", "min", "max", "med", "p"],
};

/** @throws Error where the expression can't be read or doesn't fit the metric's type */
export function parseExpression(
  source: string,
  type: MetricType,
): Pick<Threshold, "aggregation" | "passes"> {
  for (const [operator, compare] of OPERATORS) {
    const at = source.indexOf(operator);
    if (at < 0) continue;
    const right = source.slice(at + operator.length).trim();
    if (right === "") continue;
    const limit = Number(right);
    if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(right)) {
      throw new Error(`the right hand side of threshold "${source}" is not a number: "${right}"`);
    }
    const aggregation = parseAggregation(source, source.slice(0, at).trim());
    if (!SUPPORTED[type].includes(aggregation.kind)) {
      throw new Error(
        `threshold "${source}": a ${type} has no ${aggregation.kind}; it has ${SUPPORTED[type].join(", ")}`,
      );
    }
    return { aggregation, passes: (value) => compare(value, limit) };
  }
  throw new Error(
    `malformed threshold "${source}": expected an aggregation, an operator and a number, as in "p(95)<500"`,
  );
}

function parseAggregation(source: string, text: string): Aggregation {
  switch (text) {
    case "count":
    case "rate":
    case "value":
    case "avg":
    case "min":
    case "max":
    case "med":
      return { kind: text };
    default: {
      const percentile = /^p\(\s*(\d+(?:\.\d+)?)\s*\)$/.exec(text)?.[1];
      if (percentile === undefined) {
        throw new Error(
          `threshold "${source}": unknown aggregation "${text}"; allowed are avg, min, max, med, p(N), count, rate, value`,
        );
      }
      return { kind: "p", percentile: Number(percentile) };
    }
  }
}

/** The aggregated value of a sink; `undefined` where k6 has none to judge (a Rate without samples). */
export function aggregate(
  sink: Sink,
  aggregation: Aggregation,
  durationMs: number,
): number | undefined {
  switch (sink.kind) {
    case "counter":
      if (aggregation.kind === "count") return sink.count;
      return durationMs > 0 ? sink.rate(durationMs) : undefined;
    case "gauge":
      return sink.value;
    case "rate":
      return sink.isEmpty ? undefined : sink.rate;
    case "trend":
      switch (aggregation.kind) {
        case "avg":
          return sink.average;
        case "min":
          return sink.min;
        case "max":
          return sink.max;
        case "med":
          return sink.quantile(0.5);
        case "p":
          return sink.quantile(aggregation.percentile / 100);
        default:
          return undefined;
      }
    default:
      return sink satisfies never;
  }
}
