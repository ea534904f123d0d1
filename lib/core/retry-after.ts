/**
 * How long a Retry-After header asks to wait: whole seconds, or a date (RFC 9110, 10.2.3).
 *
 * @param nowEpochMs what a date is counted from
 * @returns milliseconds, 0 for a date that is past; `null` without such a header or where it is neither
 */
export function parseRetryAfter(value: string | undefined, nowEpochMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const atEpochMs = /[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atEpochMs) ? null : Math.max(0, atEpochMs - nowEpochMs);
}
