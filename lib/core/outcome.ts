/**
 * How a request ended; each request has exactly one. Only `completed` enters latency metrics; all others but
 * `interrupted` count as failures. `unsent` is a request of an open loop whose time came while no user was free before the
 * end of the plan. A request that was cut by the end of the run (*interrupted*) leaves no record of its own: it is
 * counted as started - recorded.
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
  "unsent",
] as const;

export type RecordedOutcome = (typeof RECORDED_OUTCOMES)[number];
