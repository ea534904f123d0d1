import type { Interval } from "../lib/core/interval.ts";

/** Made once: making one costs more than using it a hundred times. */
const THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** Three significant digits at most, no exponent, no idle zeros: 1,040, 412, 18.3, 0.912, 5. */
export function significant(value: number): string {
  return THREE_DIGITS.format(Number(value.toPrecision(3)));
}

export function percent(share: number): string {
  return `${significant(share * 100)} %`;
}

/**
 * An estimate with as many digits as its interval supports: two of the interval's half-width, three of its own at most.
 * 1,043 between 1,020 and 1,066 is 1,040; 82.84 between 70 and 95 is 83.
 */
export function supported({ value, low, high }: Interval): string {
  const threeOfItsOwn = value === 0 ? 0 : 2 - Math.floor(Math.log10(Math.abs(value)));
  return rounded(value, Math.min(threeOfItsOwn, decimalsOf(high - low)));
}

/** The interval of an estimate: "70 to 95". */
export function range({ low, high }: Interval): string {
  return `${supported({ value: low, low, high })} to ${supported({ value: high, low, high })}`;
}

/**
 * A share with its interval as signed percentages: "+0.53 %" and "+0.50 to +0.55 %". The interval has the digits that tell
 * its ends apart, the share itself three at most from 1 % on.
 */
export function signedShare({ value, low, high }: Interval): { value: string; range: string } {
  const decimals = Math.min(4, Math.max(0, decimalsOf(100 * (high - low)) - 1));
  const size = Math.max(1, Math.abs(100 * value));
  const threeOfItsOwn = size === 1 ? 4 : Math.max(0, 2 - Math.floor(Math.log10(size)));
  return {
    value: `${signed(100 * value, Math.min(decimals, threeOfItsOwn))} %`,
    range: `${signed(100 * low, decimals)} to ${signed(100 * high, decimals)} %`,
  };
}

function signed(value: number, decimals: number): string {
  const size = Math.abs(value).toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return `${value < 0 ? "−" : "+"}${size}`;
}

/** Places after the point that show two digits of half an interval's width. */
function decimalsOf(width: number): number {
  return width > 0 ? 1 - Math.floor(Math.log10(width / 2)) : 6;
}

/** Rounded to that many places after the point; negative ones are tens and hundreds. */
function rounded(value: number, decimals: number): string {
  const unit = 10 ** Math.max(0, -decimals);
  const whole = Math.round(value / unit) * unit;
  return withDecimals(Math.max(0, decimals)).format(decimals < 0 ? whole : value);
}

const byDecimals = new Map<number, Intl.NumberFormat>();

function withDecimals(decimals: number): Intl.NumberFormat {
  const made =
    byDecimals.get(decimals) ?? new Intl.NumberFormat("en", { maximumFractionDigits: decimals });
  byDecimals.set(decimals, made);
  return made;
}

/** Whether an interval of a difference leaves zero out. */
export function isClear({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
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
