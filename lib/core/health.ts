/**
 * Whether a run measured the server or the client, by the limits of docs/metrics.md. A verdict, not a footnote: figures of a
 * client that was late itself say nothing about the server.
 */
type HealthVerdict =
  | "valid"
  /** Open loop: the server could not take what was offered. A result: the rate is not held. */
  | "saturated"
  /** The client was late itself, or cut its own requests: no result. */
  | "client-limited";

/** What is known of a run's steady phase. Milliseconds; `null` where nobody measured it, or there is no such thing. */
export interface HealthFigures {
  /** How much later than asked the client's heartbeat woke up. */
  readonly oversleepP99Ms: number | null;
  /** How late requests were sent though a user was free for them: sent - max(scheduled, ready). */
  readonly clientLagMedianMs: number | null;
  readonly clientLagP99Ms: number | null;
  /** Share of the started requests that the end of the run cut. */
  readonly interruptedShare: number | null;
  /** Requests whose time came while no user was free before the end of the plan. */
  readonly unsent: number | null;
  /** How late requests were sent, for whatever reason: sent - scheduled. */
  readonly lagMedianMs: number | null;
  readonly lagP99Ms: number | null;
}

export interface HealthLimit {
  readonly figure: keyof HealthFigures;
  /** Good while the figure is less than the limit, or at most as much. */
  readonly operator: "<" | "<=";
  readonly limit: number;
  readonly verdict: Exclude<HealthVerdict, "valid">;
}

/** A client that can't be trusted comes before what it says of the server. */
export const HEALTH_LIMITS: readonly HealthLimit[] = [
  { figure: "oversleepP99Ms", operator: "<", limit: 10, verdict: "client-limited" },
  { figure: "clientLagMedianMs", operator: "<", limit: 10, verdict: "client-limited" },
  { figure: "clientLagP99Ms", operator: "<", limit: 100, verdict: "client-limited" },
  { figure: "interruptedShare", operator: "<=", limit: 0.01, verdict: "client-limited" },
  { figure: "unsent", operator: "<", limit: 1, verdict: "saturated" },
  { figure: "lagMedianMs", operator: "<", limit: 10, verdict: "saturated" },
  { figure: "lagP99Ms", operator: "<", limit: 100, verdict: "saturated" },
];

/** The first limit that a run does not keep; `undefined` for a valid run. What was not measured keeps its limit. */
export function brokenLimit(figures: HealthFigures): HealthLimit | undefined {
  return HEALTH_LIMITS.find((limit) => !keepsLimit(limit, figures[limit.figure] ?? 0));
}

export function keepsLimit({ operator, limit }: HealthLimit, value: number): boolean {
  return operator === "<" ? value < limit : value <= limit;
}

/** `below` or `at most`, to be followed by the limit. */
export function boundInWords({ operator }: HealthLimit): string {
  return operator === "<" ? "below" : "at most";
}

/** What is the matter with a run: `oversleepP99Ms is 25, must be below 10`. */
export function breachInWords(broken: HealthLimit, figures: HealthFigures): string {
  const value = Number(figures[broken.figure]?.toFixed(4));
  return `${broken.figure} is ${value}, must be ${boundInWords(broken)} ${broken.limit}`;
}

/** What a person does about a run that is not valid, in at most 88 columns. */
export function healthAdvice({ figure, verdict }: HealthLimit): string {
  if (verdict === "saturated") {
    return "the rate is not held: offer less, serve with more, or raise VUS if it can take more";
  }
  return figure === "interruptedShare"
    ? "the run ended, or was aborted, before its requests: see what failed, or give it a longer TIMEOUT"
    : "the load generator was late itself: fewer users a machine, more machines, or real k6";
}
