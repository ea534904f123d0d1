const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/** What `parseDuration` takes, in words for an error message. */
export const DURATION_FORM = "a time such as 500ms, 30s, 2m or 1m30s";

/** Milliseconds of a time written as k6 writes it (`1m30s` is 90000); `undefined` where it is not such a time. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  }
  return total;
}

/** A time as k6 takes it in options and timeouts: `90000` is `90000ms`. */
export function formatDuration(ms: number): string {
  return `${ms}ms`;
}
