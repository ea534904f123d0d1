import type { Interval } from "../lib/core/interval.ts";

/** Three significant digits at most, no exponent, no idle zeros: 1,040, 412, 18.3, 0.912, 5. */
export function significant(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** A share as a signed percentage: +0.31 %. */
export function signedPercent(share: number): string {
  const percent = share * 100;
  const size = Math.abs(percent);
  const digits = size < 10 ? Number(size.toPrecision(2)) : size;
  return `${percent < 0 ? "−" : "+"}${significant(digits)} %`;
}

export function percent(share: number): string {
  return `${significant(share * 100)} %`;
}

/** The interval of a share, signed: +0.21 to +0.41 %. */
export function signedPercentRange({ low, high }: Interval): string {
  return `${signedPercent(low).replace(" %", "")} to ${signedPercent(high)}`;
}

/** "1 user", "8 users"; a ramp has no level. */
export function users(level: number | null): string {
  if (level === null) return "the ramp";
  return level === 1 ? "1 user" : `${level} users`;
}

/** The interval of ln PPL as the share that perplexity is above. */
export function asPerplexityShare({ value, low, high }: Interval): Interval {
  return { value: Math.expm1(value), low: Math.expm1(low), high: Math.expm1(high) };
}

/** A list in words: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
