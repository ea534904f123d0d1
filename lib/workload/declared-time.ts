import { parseDuration } from "../core/duration.ts";

/**
 * Milliseconds of a time that a profile declares as k6 writes it (`60s`).
 *
 * @throws RangeError where it is none
 */
export function declaredMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new RangeError(`the profile's "${text}" is no time (30s)`);
  return ms;
}
