import type { LoadPlan, Phase } from "./load-plan.ts";
import type { RecordedOutcome } from "./outcome.ts";
import type { Sla } from "./sla.ts";

/**
 * What one line of `requests.ndjson` holds. Times are milliseconds since T0 (the start of the scenario), as floats,
 * from one monotonic clock. Absent is `null`, never 0.
 */
export const RECORD_VERSION = 1;

/** What a content event carried: text the user sees, reasoning, or a tool call's text. */
export type ContentKind = "visible" | "reasoning" | "tool";

export interface Usage {
  /** `null` where the protocol does not tell. */
  readonly promptTokens: number | null;
  readonly completionTokens: number;
  /** Prompt tokens that the server says it had in its prefix cache. */
  readonly cachedTokens: number | null;
}

/** Where `outputTokens` comes from: the server's own usage, or the number of content events where it gives none. */
type TokenSource = "usage" | "chunks";

export interface RequestRecord {
  readonly kind: "request";
  readonly version: typeof RECORD_VERSION;
  /** The `X-Request-Id` that the server saw. */
  readonly id: string;
  readonly instance: string;
  readonly vu: number;
  readonly iteration: number;
  readonly phase: Phase;
  readonly level: number | null;
  /** Name of the traffic stream in a profile that mixes several. */
  readonly stream: string | null;
  readonly promptId: string;
  readonly conversation: string | null;
  readonly turn: number | null;
  /** 1, or more where a failed request was sent again (RETRIES). */
  readonly attempt: number;
  /** Output tokens that the answer was to have; `null` where it may be shorter, and where the protocol has no such thing. */
  readonly askedTokens: number | null;
  /** When the arrival process wanted it; closed loop: = `sentMs`. */
  readonly scheduledMs: number;
  /** When a user took it up, ready to wait for its time: later than `scheduledMs` if all were busy. Closed loop: `null`. */
  readonly readyMs: number | null;
  /** Of an `unsent` one, when it was given up. */
  readonly sentMs: number;
  readonly headersMs: number | null;
  /** First event with choices; an empty role delta counts. */
  readonly firstEventMs: number | null;
  /** First event with non-empty content, reasoning or tool-call text. */
  readonly firstContentMs: number | null;
  /** First non-reasoning content. */
  readonly firstVisibleMs: number | null;
  readonly lastContentMs: number | null;
  readonly endMs: number;
  /** Gaps between successive content events, whole microseconds; one fewer than there are content events. */
  readonly gapsUs: readonly number[];
  /** Tokens of each content event where the server tells them, else `null`. */
  readonly chunkTokens: readonly number[] | null;
  /** Characters (UTF-16 units) of each content event. */
  readonly chunkChars: readonly number[];
  /** The kind of the content events: one for all, or one each where they differ; `null` without content. */
  readonly contentKinds: ContentKind | readonly ContentKind[] | null;
  readonly finishReason: string | null;
  readonly usage: Usage | null;
  readonly outputTokens: number | null;
  readonly tokenSource: TokenSource | null;
  /** HTTP status, or `null` where no response came. */
  readonly status: number | null;
  readonly outcome: RecordedOutcome;
  /** The first words of what went wrong, secrets redacted; `null` for a completed request. */
  readonly detail: string | null;
  /** Of a `timed_out` request: no event had come for long when the time ran out. */
  readonly stalled: boolean;
  /** What the server's Retry-After header asked for. */
  readonly retryAfterMs: number | null;
  /** Completed, and every SLO of the profile holds. */
  readonly good: boolean;
  /** The text (TEXT=full), its hash (TEXT=hash), or `null`. */
  readonly text: string | null;
  readonly textHash: string | null;
  /** What the prompt set says is right, beside the text (TEXT=full). */
  readonly reference: string | null;
}

/** `flag`: -e of `tradeoff run`; `run`: set by `tradeoff run` itself. */
export const SETTING_SOURCES = ["flag", "environment", "run", "profile", "default"] as const;
type SettingSource = (typeof SETTING_SOURCES)[number];

export interface EffectiveSetting {
  readonly value: string;
  readonly source: SettingSource;
}

/**
 * The first line of each instance's records: enough to make a report of a bare file. Secrets are never in `settings`.
 */
export interface RunHeader {
  readonly kind: "run";
  readonly version: typeof RECORD_VERSION;
  readonly profile: string;
  /** Names the run in request ids; set by whoever starts it, else made from the clock. */
  readonly runId: string;
  readonly instance: string;
  /** Wall clock of T0, milliseconds since the epoch. */
  readonly t0EpochMs: number;
  readonly plan: LoadPlan;
  readonly settings: Readonly<Record<string, EffectiveSetting>>;
  /** `null` where none was asked for. */
  readonly slaName: string | null;
  /** The limits and floors themselves: a file of that name may say something else by the time that they are read. */
  readonly sla: Sla;
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly model: string;
  readonly api: string;
}
