const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h|d)/y;

/**
 * Milliseconds of a duration as k6 options write it: `"1m30s"`, `"1d12h"`, `"500ms"`; a bare number is milliseconds.
 * `undefined` where it is none.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[-+]/, "");
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length || body === "") {
    const part = PART.exec(body);
    const unit = part?.[2] === undefined ? undefined : UNIT_MS[part[2]];
    if (part === null || unit === undefined) return undefined;
    total += Number(part[1]) * unit;
  }
  return sign * total;
}
