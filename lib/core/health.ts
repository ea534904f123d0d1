// @transient
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
  readonly name: string;
  readonly unit: "ms" | "share" | "requests";
  /** Good while the figure is less than the limit, or at most as much. */
  readonly operator: "<" | "<=";
  readonly limit: number;
  readonly verdict: Exclude<HealthVerdict, "valid">;
}

/** In the order of what they say: a client that can't be trusted comes before what it says of the server. */
export function healthLimits(): readonly HealthLimit[] {
  return LIMITS.map(([figure, name, unit, operator, limit, verdict]) => ({
    figure,
    name,
    unit,
    operator,
    limit,
    verdict,
  }));
}

const LIMITS: readonly (readonly [
  figure: HealthLimit["figure"],
  name: string,
  unit: HealthLimit["unit"],
  operator: HealthLimit["operator"],
  limit: number,
  verdict: HealthLimit["verdict"],
])[] = [
  ["oversleepP99Ms", "client's oversleep, p99", "ms", "<", 10, "client-limited"],
  ["clientLagMedianMs", "client's own schedule lag, median", "ms", "<", 10, "client-limited"],
  ["clientLagP99Ms", "client's own schedule lag, p99", "ms", "<", 100, "client-limited"],
  ["interruptedShare", "requests cut by the end of the run", "share", "<=", 0.01, "client-limited"],
  ["unsent", "requests never sent", "requests", "<", 1, "saturated"],
  ["lagMedianMs", "schedule lag, median", "ms", "<", 10, "saturated"],
  ["lagP99Ms", "schedule lag, p99", "ms", "<", 100, "saturated"],
];

/** The first limit that a run does not keep; `undefined` for a valid run. What was not measured keeps its limit. */
export function brokenLimit(figures: HealthFigures): HealthLimit | undefined {
  return healthLimits().find((limit) => !keepsLimit(limit, figures[limit.figure] ?? 0));
}

export function keepsLimit({ operator, limit }: HealthLimit, value: number): boolean {
  return operator === "<" ? value < limit : value <= limit;
}

/** `below` or `at most`, to be followed by the limit. */
export function boundInWords({ operator }: HealthLimit): string {
  return operator === "<" ? "below" : "at most";
}

/** What is the matter with a run: `client's oversleep, p99: 25 ms, must be below 10 ms`. */
export function breachInWords(broken: HealthLimit, figures: HealthFigures): string {
  const { name, unit, limit } = broken;
  const shown = (value: number) =>
    unit === "share" ? `${round(100 * value)} %` : unit === "ms" ? `${round(value)} ms` : value;
  return `${name}: ${shown(figures[broken.figure] ?? 0)}, must be ${boundInWords(broken)} ${shown(limit)}`;
}

/** To as many digits as tell a figure from its limit. */
function round(value: number): number {
  return Number(value.toFixed(4));
}

/** What a person does about a run that is not valid, in at most 88 columns. */
export function healthAdvice({ figure, verdict }: HealthLimit): string {
  if (verdict === "saturated") {
    return "the rate is not held: offer less, serve with more, or raise VUS if it can take more";
  }
  return figure === "interruptedShare"
    ? "the run ended, or was aborted, before its requests: see what failed, or give it a longer TIMEOUT"
    : "the load generator was late itself: fewer users a machine, more machines, or an idle one";
}
