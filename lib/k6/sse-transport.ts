import sse, { type SseResponse } from "k6/x/sse";
import { formatDuration } from "../core/duration.ts";
import type { StreamCapture } from "../core/stream-protocol.ts";
import { type HttpCall, headerOf, retryAfterOf, withoutOwnPort } from "./http-call.ts";
import { type ScenarioClock, scenarioTime } from "./scenario-clock.ts";

export interface StreamRequest extends HttpCall {
  /** Data of the event after which the stream is closed. */
  readonly endMarker: string | null;
}

/** How Go names the time limit of a request, before its headers and after. */
const TIME_LIMIT = /Client\.Timeout|context deadline exceeded/;
/** How xk6-sse reports a line that starts with no field name of an event stream. */
const STRAY_LINE = "unknown event: ";
/** How a stream starts that has a byte order mark, which xk6-sse takes for a part of the first field's name. */
const MARKED_DATA = "\uFEFFdata:";

/**
 * Posts a request and notes what its stream brings: times and raw data, nothing decoded, since whatever the handler does
 * makes the next event late. `begin` is told the time of sending and gives the tags of k6's own samples. Whatever happens to the connection is in the result; it throws for a bug only.
 */
export async function captureStream(
  request: StreamRequest,
  clock: ScenarioClock,
  begin: (sentMs: number) => Readonly<Record<string, string>>,
): Promise<StreamCapture> {
  const eventMs: number[] = [];
  const eventData: string[] = [];
  const { endMarker } = request;
  const { engine, t0Ms } = clock;
  let headersMs: number | null = null;
  let endMs: number | null = null;
  let transportError: string | null = null;
  let strayLine: string | null = null;
  let closed = false;
  let events = 0;
  const sentMs = scenarioTime(clock);
  const params = {
    method: "POST",
    headers: request.headers,
    body: request.body,
    tags: begin(sentMs),
    timeout: formatDuration(request.timeoutMs),
  };
  const response: SseResponse = await sse.open(request.url, params, (client) => {
    headersMs = scenarioTime(clock);
    const close = (): void => {
      // Once: xk6-sse reports an error of its own closing while it holds the lock that closing takes.
      if (closed) return;
      closed = true;
      client.close();
    };
    client.on("event", (event) => {
      // Not by scenarioTime: a call more would cost a tenth of what a token costs.
      const atMs = engine.currentTestRunDuration - t0Ms;
      const data = event.data;
      // Nor by `push`, for the same reason.
      eventMs[events] = atMs;
      eventData[events] = data;
      events += 1;
      if (data === endMarker && endMs === null) {
        endMs = atMs;
        // Else an idle socket stays behind where the server keeps the connection open.
        close();
      }
    });
    client.on("error", (error) => {
      const message = messageOf(error);
      if (message.startsWith(STRAY_LINE)) {
        const line = message.slice(STRAY_LINE.length);
        if (line.startsWith(MARKED_DATA)) {
          eventMs[events] = scenarioTime(clock);
          eventData[events] = line.slice(MARKED_DATA.length).trim();
          events += 1;
        } else {
          // Not fatal: a client of an event stream skips lines that it does not know.
          strayLine ??= line.trim();
        }
        return;
      }
      if (endMs === null) {
        endMs = scenarioTime(clock);
        transportError = withoutOwnPort(message);
      }
      // After a cut stream or the timeout xk6-sse waits for ever unless it is closed.
      close();
    });
  });
  endMs ??= scenarioTime(clock);
  transportError ??= response.error === "" ? null : withoutOwnPort(response.error);
  if (eventData.length === 0) strayLine ??= otherContent(response);
  return {
    sentMs,
    headersMs,
    endMs,
    status: response.status === 0 ? null : response.status,
    eventMs,
    eventData,
    transportError,
    timedOut: transportError !== null && TIME_LIMIT.test(transportError),
    strayLine,
    retryAfterMs: retryAfterOf(response.headers),
  };
}

/** What an answer without events is instead: a line without its end, such as a bare JSON object, never comes to us. */
function otherContent(response: SseResponse): string | null {
  const contentType = headerOf(response.headers, "content-type");
  if (response.status !== 200 || contentType === undefined) return null;
  return contentType.startsWith("text/event-stream") ? null : `content type ${contentType}`;
}

/** k6 passes Go's errors, whose text is what their `error()` says. */
function messageOf(error: unknown): string {
  if (typeof error === "object" && error !== null) {
    if ("error" in error && typeof error.error === "function") return String(error.error());
    if ("message" in error) return String(error.message);
  }
  return String(error);
}
