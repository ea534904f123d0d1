import { expect, test } from "vitest";
import { captureStream } from "../../../lib/k6/sse-transport.ts";
import { tickingClock } from "../../support/k6/ticking-clock.ts";
import { failWith, streamWith } from "../../support/k6/x-sse.ts";

const REQUEST = {
  url: "http://gpu:8000/v1/chat/completions",
  headers: {},
  body: "{}",
  timeoutMs: 1000,
  endMarker: "[DONE]",
};
const OK = { status: 200, error: "" };

const capture = () => captureStream(REQUEST, tickingClock(), () => ({}));

test("notes a time and the data of each event, and ends at the end marker, closing once", async () => {
  streamWith((stream) => {
    stream.event("a");
    stream.event("[DONE]");
    expect(stream.isClosed()).toBe(true);
    stream.event("late");
    stream.error(new Error("late"));
    return OK;
  });
  expect(await capture()).toEqual({
    sentMs: 1,
    headersMs: 2,
    eventMs: [3, 4, 5],
    eventData: ["a", "[DONE]", "late"],
    endMs: 4,
    status: 200,
    transportError: null,
    timedOut: false,
    strayLine: null,
    retryAfterMs: null,
  });
});

test("notes what Retry-After asks for, however the header is written", async () => {
  streamWith(() => ({ status: 429, error: "", headers: { "retry-After": "7" } }));
  expect(await capture()).toMatchObject({ status: 429, retryAfterMs: 7000 });
});

test("closes after an error, as xk6-sse would wait for ever, and keeps the first", async () => {
  streamWith((stream) => {
    stream.event("a");
    stream.error({ error: () => "read tcp 127.0.0.1:4711->127.0.0.1:8000: connection reset" });
    expect(stream.isClosed()).toBe(true);
    stream.error(new Error("second"));
    return OK;
  });
  expect(await capture()).toMatchObject({
    // Without the client's port, which is another in each request.
    transportError: "read tcp 127.0.0.1:8000: connection reset",
    endMs: 4,
  });
});

test("keeps the first stray line, and reads on", async () => {
  streamWith((stream) => {
    stream.error(new Error('unknown event: {"error": "x"}\n'));
    stream.error(new Error("unknown event: second\n"));
    expect(stream.isClosed()).toBe(false);
    stream.event("a");
    return OK;
  });
  expect(await capture()).toMatchObject({
    strayLine: '{"error": "x"}',
    transportError: null,
    eventData: ["a"],
  });
});

test.each([
  ["application/json", "content type application/json"],
  ["text/event-stream; charset=utf-8", null],
])("an answer of %s without events is told by its content type", async (type, strayLine) => {
  streamWith(() => ({ ...OK, headers: { "Content-Type": type } }));
  expect(await capture()).toMatchObject({ strayLine, eventData: [] });
});

test("without a response there is no status, no headers, and the reason", async () => {
  failWith("dial tcp: connection refused");
  expect(await capture()).toMatchObject({
    status: null,
    headersMs: null,
    eventData: [],
    transportError: "dial tcp: connection refused",
  });
});

test.each([
  "context deadline exceeded (Client.Timeout or context cancellation while reading body)",
  'Post "http://gpu:8000": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
])("knows its own time limit: %s", async (message) => {
  failWith(message);
  expect(await capture()).toMatchObject({ timedOut: true });
});
