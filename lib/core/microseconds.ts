/**
 * A time to the whole microsecond, finer than any clock here tells truly and half as long in a record. The metrics are
 * made of the rounded times, so that who reads the record gets the very same numbers.
 *
 * @returns milliseconds
 */
export function microseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
