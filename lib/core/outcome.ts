/**
 * How a request ended; each request has exactly one. Only `completed` enters latency metrics; all others but
 * `interrupted` count as failures. `interrupted` and `unsent` never have a record of their own: they are counted
 * as started - recorded, and as scheduled - started.
 */
export const RECORDED_OUTCOMES = [
  "completed",
  "empty",
  "http_error",
  "rate_limited",
  "stream_error",
  "truncated",
  "timed_out",
  "connect_error",
  "malformed",
] as const;

export type RecordedOutcome = (typeof RECORDED_OUTCOMES)[number];

export type Outcome = RecordedOutcome | "interrupted" | "unsent";
