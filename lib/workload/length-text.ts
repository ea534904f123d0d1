import type { SettingParser } from "../core/setting-parsers.ts";
import { type LengthDistribution, shareWithinBounds } from "./length-distribution.ts";

const LONGEST = 10_000_000;
/** A law of which less lies within its bounds is a slip: nearly every draw would be thrown away. */
const LEAST_SHARE = 0.01;

/**
 * Lengths as a setting or flag writes them. Normal and lognormal take `min` (1 unless given) and `max`; lognormal its
 * median or its mean.
 */
export const lengthDistribution: SettingParser<LengthDistribution> = {
  parse: (text) => {
    const [, kind = "fixed", rest = ""] = /^(?:([a-z]+):)?(.+)$/.exec(text.trim()) ?? [];
    const distribution = PARSERS[kind]?.(rest);
    if (distribution === undefined || shareWithinBounds(distribution) < LEAST_SHARE) return;
    return distribution;
  },
  allowed:
    "512, uniform:64-1024, normal:mean=512,sd=128,min=1,max=2048, lognormal:median=300,sigma=0.8,max=4096 " +
    "(or mean= in place of median=), empirical:128=5,512=2 (length=weight); lengths from 1, bounds that hold 1 % of the law",
};

/**
 * Lengths that a profile declares as a text, as settings write them.
 *
 * @throws RangeError where it is none
 */
export function declaredLength(text: string): LengthDistribution {
  const distribution = lengthDistribution.parse(text);
  if (distribution !== undefined) return distribution;
  throw new RangeError(`lengths: found ${text}, allowed: ${lengthDistribution.allowed}`);
}

const PARSERS: Readonly<Record<string, (text: string) => LengthDistribution | undefined>> = {
  fixed: (text) => {
    const length = wholeLength(text);
    return length === undefined ? undefined : { kind: "fixed", length };
  },
  uniform: (text) => {
    const [, from = "", to = ""] = /^(\d+)-(\d+)$/.exec(text) ?? [];
    const [min, max] = [wholeLength(from), wholeLength(to)];
    if (min === undefined || max === undefined || min > max) return undefined;
    return { kind: "uniform", min, max };
  },
  normal: (text) => {
    const given = pairs(text, ["mean", "sd", "min", "max"]);
    const bounds = boundsOf(given);
    const [mean, sd] = [positive(given?.["mean"]), positive(given?.["sd"])];
    if (bounds === undefined || mean === undefined || sd === undefined) return undefined;
    return { kind: "normal", mean, sd, ...bounds };
  },
  lognormal: (text) => {
    const given = pairs(text, ["median", "mean", "sigma", "min", "max"]);
    const bounds = boundsOf(given);
    const sigma = positive(given?.["sigma"]);
    if (given === undefined || bounds === undefined || sigma === undefined) return undefined;
    if ("median" in given === "mean" in given) return undefined;
    const mean = positive(given["mean"]);
    const median =
      mean === undefined ? positive(given["median"]) : mean * Math.exp(-(sigma ** 2) / 2);
    return median === undefined ? undefined : { kind: "lognormal", median, sigma, ...bounds };
  },
  empirical: (text) => {
    const values: { length: number; weight: number }[] = [];
    for (const part of text.split(",")) {
      const [, lengthText = "", weightText = "1"] = /^\s*(\d+)(?:=(.+?))?\s*$/.exec(part) ?? [];
      const [length, weight] = [wholeLength(lengthText), positive(weightText)];
      if (length === undefined || weight === undefined) return undefined;
      values.push({ length, weight });
    }
    return { kind: "empirical", values };
  },
};

type Pairs = Readonly<Record<string, string>>;

/** `a=1,b=2`, each name once and among the allowed ones. */
function pairs(text: string, allowed: readonly string[]): Pairs | undefined {
  const found: Record<string, string> = {};
  for (const part of text.split(",")) {
    const [, name = "", value = ""] = /^\s*([a-z]+)=(\S+)\s*$/.exec(part) ?? [];
    if (!allowed.includes(name) || name in found) return undefined;
    found[name] = value;
  }
  return found;
}

function boundsOf(given: Pairs | undefined): { min: number; max: number } | undefined {
  const min = wholeLength(given?.["min"] ?? "1");
  const max = wholeLength(given?.["max"] ?? String(LONGEST));
  return min === undefined || max === undefined || min > max ? undefined : { min, max };
}

function wholeLength(text: string): number | undefined {
  const value = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= LONGEST ? value : undefined;
}

function positive(text: string | undefined): number | undefined {
  const value = text !== undefined && /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= LONGEST ? value : undefined;
}
