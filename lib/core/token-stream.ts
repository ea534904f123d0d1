import type { RecordedOutcome } from "./outcome.ts";
import type { ContentKind, RequestRecord, Usage } from "./request-record.ts";
import type { StreamCapture, StreamDecoder, StreamEnding, StreamEvent } from "./stream-protocol.ts";

/** All that a record says about the answer itself. */
export type TokenStream = Pick<
  RequestRecord,
  | "sentMs"
  | "headersMs"
  | "firstEventMs"
  | "firstContentMs"
  | "firstVisibleMs"
  | "lastContentMs"
  | "endMs"
  | "gapsUs"
  | "chunkTokens"
  | "chunkChars"
  | "contentKinds"
  | "finishReason"
  | "usage"
  | "outputTokens"
  | "tokenSource"
  | "status"
  | "outcome"
  | "detail"
  | "stalled"
> & {
  /** The visible text. */
  readonly text: string;
};

const DETAIL_CHARS = 300;
/** A timed-out stream whose last event is older than this had stalled, rather than been slow. */
const STALL_MS = 5_000;

/**
 * Makes the account of one answer from what the transport noted: decodes the events, and decides how the request ended.
 * It never throws, whatever the server sent.
 *
 * @param timeoutMs the limit the request ran under; a failure past it is `timed_out`
 */
export function assembleTokenStream(
  capture: StreamCapture,
  decode: StreamDecoder,
  ending: StreamEnding,
  timeoutMs: number,
): TokenStream {
  const answer = new Answer();
  for (let i = 0; i < capture.eventData.length && answer.fault === null && !answer.done; i++) {
    answer.take(decode(capture.eventData[i] ?? ""), capture.eventMs[i] ?? capture.endMs);
  }
  const { outcome, detail } = outcomeOf(capture, answer, ending, timeoutMs);
  const lastEventMs = capture.eventMs.at(-1) ?? capture.headersMs ?? capture.sentMs;
  return {
    sentMs: microseconds(capture.sentMs),
    headersMs: microsecondsOrNull(capture.headersMs),
    endMs: microseconds(capture.endMs),
    status: capture.status,
    ...answer.moments(),
    ...answer.tokens(),
    finishReason: answer.finishReason,
    outcome,
    detail: detail === null ? null : oneLine(detail),
    stalled:
      outcome === "timed_out" && capture.endMs - lastEventMs >= Math.min(STALL_MS, timeoutMs / 2),
    text: answer.text,
  };
}

/** What the events of one stream add up to. */
class Answer {
  text = "";
  finishReason: string | null = null;
  done = false;
  /** The first event that was an error or no event of the protocol. */
  fault: Extract<StreamEvent, { kind: "error" | "malformed" }> | null = null;
  #firstEventMs: number | null = null;
  #firstVisibleMs: number | null = null;
  #usage: Usage | null = null;
  readonly #contentMs: number[] = [];
  readonly #chars: number[] = [];
  readonly #kinds: ContentKind[] = [];
  /** Output tokens that the server had counted at each content event; `null` where it did not say. */
  readonly #counted: (number | null)[] = [];

  get hasContent(): boolean {
    return this.#contentMs.length > 0;
  }

  take(event: StreamEvent, atMs: number): void {
    switch (event.kind) {
      case "nothing":
        return;
      case "done":
        this.done = true;
        return;
      case "error":
      case "malformed":
        this.fault = event;
        return;
      case "chunk":
        if (event.hasChoices) this.#firstEventMs ??= atMs;
        this.finishReason ??= event.finishReason;
        this.#usage = event.usage ?? this.#usage;
        if (event.content === null) return;
        this.#contentMs.push(atMs);
        this.#chars.push(event.content.text.length);
        this.#kinds.push(event.content.kind);
        this.#counted.push(event.usage?.completionTokens ?? null);
        if (event.content.kind === "reasoning") return;
        this.#firstVisibleMs ??= atMs;
        if (event.content.kind === "visible") this.text += event.content.text;
        return;
      default:
        event satisfies never;
    }
  }

  moments(): Pick<
    TokenStream,
    "firstEventMs" | "firstContentMs" | "firstVisibleMs" | "lastContentMs" | "gapsUs"
  > {
    const at = this.#contentMs;
    return {
      firstEventMs: microsecondsOrNull(this.#firstEventMs),
      firstContentMs: microsecondsOrNull(at[0] ?? null),
      firstVisibleMs: microsecondsOrNull(this.#firstVisibleMs),
      lastContentMs: microsecondsOrNull(at.at(-1) ?? null),
      gapsUs: at.slice(1).map((ms, i) => Math.round((ms - (at[i] ?? ms)) * 1000)),
    };
  }

  tokens(): Pick<
    TokenStream,
    "chunkTokens" | "chunkChars" | "contentKinds" | "usage" | "outputTokens" | "tokenSource"
  > {
    const events = this.#contentMs.length;
    return {
      chunkTokens: this.#chunkTokens(),
      chunkChars: this.#chars,
      contentKinds: oneForAll(this.#kinds),
      usage: this.#usage,
      outputTokens: this.#usage?.completionTokens ?? (events > 0 ? events : null),
      tokenSource: this.#usage !== null ? "usage" : events > 0 ? "chunks" : null,
    };
  }

  /** Only where the server counted at every content event: tokens of events without content go to the next with some. */
  #chunkTokens(): number[] | null {
    if (this.#counted.length === 0) return null;
    const tokens: number[] = [];
    let before = 0;
    for (const counted of this.#counted) {
      if (counted === null || counted < before) return null;
      tokens.push(counted - before);
      before = counted;
    }
    return tokens;
  }
}

function oneForAll(kinds: readonly ContentKind[]): ContentKind | readonly ContentKind[] | null {
  const [first] = kinds;
  if (first === undefined) return null;
  return kinds.every((kind) => kind === first) ? first : kinds;
}

interface Ending {
  readonly outcome: RecordedOutcome;
  readonly detail: string | null;
}

/** By what is known first: the connection, the HTTP status, what the stream said, how it stopped. */
function outcomeOf(
  capture: StreamCapture,
  answer: Answer,
  ending: StreamEnding,
  timeoutMs: number,
): Ending {
  const { status, transportError, strayLine } = capture;
  const ranOut = transportError !== null && capture.endMs - capture.sentMs >= timeoutMs;
  if (status === null) {
    return {
      outcome: ranOut ? "timed_out" : "connect_error",
      detail: transportError ?? "no response",
    };
  }
  if (status < 200 || status > 299) {
    return {
      outcome: status === 429 ? "rate_limited" : "http_error",
      detail: strayLine === null ? `HTTP ${status}` : `HTTP ${status}: ${strayLine}`,
    };
  }
  if (answer.fault !== null) {
    const outcome = answer.fault.kind === "error" ? "stream_error" : "malformed";
    return { outcome, detail: answer.fault.message };
  }
  const ended = answer.done || (ending === "finish-reason" && answer.finishReason !== null);
  if (!ended) {
    if (ranOut) return { outcome: "timed_out", detail: transportError };
    if (strayLine !== null) {
      return { outcome: "malformed", detail: `not an event stream: ${strayLine}` };
    }
    return { outcome: "truncated", detail: transportError ?? "the stream ended before its finish" };
  }
  if (!answer.hasContent) {
    return { outcome: "empty", detail: "the answer ended without content" };
  }
  return { outcome: "completed", detail: null };
}

/**
 * A time to the whole microsecond, finer than any clock here tells truly and half as long in a record. The metrics are
 * made of the rounded times, so that who reads the record gets the very same numbers.
 */
function microseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function microsecondsOrNull(ms: number | null): number | null {
  return ms === null ? null : microseconds(ms);
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= DETAIL_CHARS ? line : `${line.slice(0, DETAIL_CHARS - 1)}…`;
}
