import http from "k6/http";
import { formatDuration } from "../core/duration.ts";
import type { StreamCapture } from "../core/stream-protocol.ts";
import { type HttpCall, retryAfterOf, withoutOwnPort } from "./http-call.ts";
import { type ScenarioClock, scenarioTime } from "./scenario-clock.ts";

/** k6's code for a request whose time limit ran out. */
const TIMEOUT_CODE = 1050;

/**
 * Posts a request whose answer is one piece of JSON, and notes it as a stream of one event that came when the answer was
 * whole. `begin` is told the time of sending and gives the tags of k6's own samples. Whatever happens to the connection is
 * in the result; it throws for a bug only.
 *
 * The headers' time is the end less what k6 says receiving the body took. Of an answer that was cut k6 tells no status,
 * but it has begun: its headers' time is there.
 */
export async function captureJson(
  { url, headers, body, timeoutMs }: HttpCall,
  clock: ScenarioClock,
  begin: (sentMs: number) => Readonly<Record<string, string>>,
): Promise<StreamCapture> {
  const sentMs = scenarioTime(clock);
  const response = await http.post(url, body, {
    headers: { ...headers },
    tags: { ...begin(sentMs) },
    timeout: formatDuration(timeoutMs),
    responseType: "text",
  });
  const endMs = scenarioTime(clock);
  const { status, error, error_code: code, timings } = response;
  const text = typeof response.body === "string" ? response.body.trim() : "";
  const isWhole = status >= 200 && status <= 299 && text !== "";
  const hasBegun = status !== 0 || text !== "";
  return {
    sentMs,
    headersMs: hasBegun ? Math.max(sentMs, endMs - timings.receiving) : null,
    endMs,
    status: status === 0 ? null : status,
    eventMs: isWhole ? [endMs] : [],
    eventData: isWhole ? [text] : [],
    // An error's text for an HTTP status is the status once more.
    transportError: status === 0 ? withoutOwnPort(error) : null,
    timedOut: code === TIMEOUT_CODE,
    strayLine: isWhole || status === 0 || text === "" ? null : text,
    retryAfterMs: retryAfterOf(response.headers),
  };
}
