import { Answer } from "./answer.ts";
import { microseconds } from "./microseconds.ts";
import type { RecordedOutcome } from "./outcome.ts";
import type { RequestRecord } from "./request-record.ts";
import type { StreamCapture, StreamDecoder, StreamEnding } from "./stream-protocol.ts";

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
  | "retryAfterMs"
> & {
  /** The visible text. */
  readonly text: string;
};

/** A timed-out stream whose last event is older than this had stalled, rather than been slow. */
const STALL_MS = 5_000;

/**
 * Makes the account of one answer from what the transport noted: decodes the events, and decides how the request ended.
 * It never throws, whatever the server sent.
 *
 * @param timeoutMs the limit the request ran under: tells a stalled stream from a slow one
 */
export function assembleTokenStream(
  capture: StreamCapture,
  decoder: StreamDecoder,
  ending: StreamEnding,
  timeoutMs: number,
): TokenStream {
  const answer = new Answer();
  const { eventData, eventMs } = capture;
  for (let next = 0; next < eventData.length && answer.fault === null && !answer.done; ) {
    const run = decoder.readTexts(eventData, next);
    if (run.texts.length > 0) {
      answer.takeTexts(run, eventMs, next);
      next += run.texts.length;
    } else {
      answer.take(decoder.decode(eventData[next] ?? ""), eventMs[next] ?? capture.endMs);
      next += 1;
    }
  }
  const { outcome, detail } = outcomeOf(capture, answer, ending);
  const { firstEventMs, firstContentMs, firstVisibleMs, lastContentMs, gapsUs } = answer.moments();
  const lastEventMs = capture.eventMs.at(-1) ?? capture.headersMs ?? capture.sentMs;
  return {
    sentMs: microseconds(capture.sentMs),
    headersMs: microsecondsOrNull(capture.headersMs),
    endMs: microseconds(capture.endMs),
    status: capture.status,
    firstEventMs: microsecondsOrNull(firstEventMs),
    firstContentMs: microsecondsOrNull(firstContentMs),
    firstVisibleMs: microsecondsOrNull(firstVisibleMs),
    lastContentMs: microsecondsOrNull(lastContentMs),
    gapsUs,
    ...answer.tokens(),
    finishReason: answer.finishReason,
    outcome,
    detail,
    stalled:
      outcome === "timed_out" && capture.endMs - lastEventMs >= Math.min(STALL_MS, timeoutMs / 2),
    retryAfterMs: capture.retryAfterMs,
    text: answer.text,
  };
}

interface Ending {
  readonly outcome: RecordedOutcome;
  readonly detail: string | null;
}

/** By what is known first: the connection, the HTTP status, what the stream said, how it stopped. */
function outcomeOf(capture: StreamCapture, answer: Answer, ending: StreamEnding): Ending {
  const { status, transportError, timedOut, strayLine } = capture;
  if (status === null) {
    // Of an answer that was cut a transport may not know the status.
    const begun = capture.headersMs !== null;
    return {
      outcome: timedOut ? "timed_out" : begun ? "truncated" : "connect_error",
      detail: transportError ?? "no response",
    };
  }
  if (status < 200 || status > 299) {
    // Triton writes the reason as an event.
    const reason = strayLine ?? answer.fault?.message ?? null;
    return {
      outcome: status === 429 ? "rate_limited" : "http_error",
      detail: reason === null ? `HTTP ${status}` : `HTTP ${status}: ${reason}`,
    };
  }
  if (answer.fault !== null) {
    const outcome = answer.fault.kind === "error" ? "stream_error" : "malformed";
    return { outcome, detail: answer.fault.message };
  }
  const ended =
    answer.done ||
    (ending === "finish-reason" && answer.finishReason !== null) ||
    (ending === "close" && transportError === null && strayLine === null);
  if (!ended) {
    if (timedOut) return { outcome: "timed_out", detail: transportError };
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

function microsecondsOrNull(ms: number | null): number | null {
  return ms === null ? null : microseconds(ms);
}
