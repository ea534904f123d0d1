import { expect, test } from "vitest";
import { clientOf } from "../../../lib/clients/registry.ts";
import { assembleTokenStream } from "../../../lib/core/token-stream.ts";
import { captureJson } from "../../../lib/k6/json-transport.ts";
import { answerWith, type FakeAnswer } from "../../support/k6/http.ts";
import { tickingClock } from "../../support/k6/ticking-clock.ts";
import { readRecordedStream } from "../../support/recorded-stream.ts";

const REQUEST = { url: "http://gpu:8000/predict", headers: {}, body: "{}", timeoutMs: 1000 };

function capture(answer: FakeAnswer) {
  answerWith({ "/predict": answer });
  return captureJson(REQUEST, tickingClock(), () => ({}));
}

async function streamOf(answer: FakeAnswer, inputs: number) {
  const { createDecoder, ending } = clientOf("classify");
  return assembleTokenStream(
    await capture(answer),
    createDecoder(inputs),
    ending,
    REQUEST.timeoutMs,
  );
}

async function outcomeOf(answer: FakeAnswer) {
  const { outcome, detail } = await streamOf(answer, 1);
  return { outcome, detail };
}

test("notes a whole answer as one event at its end, and the headers before its body", async () => {
  expect(await capture({ status: 200, body: "[]\n", receivingMs: 0.25 })).toEqual({
    sentMs: 1,
    headersMs: 1.75,
    endMs: 2,
    status: 200,
    eventMs: [2],
    eventData: ["[]"],
    transportError: null,
    timedOut: false,
    strayLine: null,
    retryAfterMs: null,
  });
});

test("notes what Retry-After asks for", async () => {
  const busy = { status: 429, body: '{"error":"busy"}', headers: { "retry-After": "7" } };
  expect(await capture(busy)).toMatchObject({ status: 429, retryAfterMs: 7000 });
});

// Texts and codes are k6's, as recorded from 1.8.1 and 2.2.0.
test.each([
  [
    "a whole answer",
    { status: 200, body: '[{"label":"POSITIVE","score":0.9}]' },
    { outcome: "completed", detail: null },
  ],
  ["no body", { status: 204 }, { outcome: "empty" }],
  [
    "an HTTP error with its body",
    { status: 503, body: '{"error":"no room"}' },
    { outcome: "http_error", detail: 'HTTP 503: {"error":"no room"}' },
  ],
  ["a rate limit", { status: 429 }, { outcome: "rate_limited", detail: "HTTP 429" }],
  [
    "an error in an answer of status 200",
    { status: 200, body: '{"error":"no room"}' },
    { outcome: "stream_error", detail: "no room" },
  ],
  ["no JSON", { status: 200, body: "<html>" }, { outcome: "malformed" }],
  [
    "nobody there",
    { status: 0, error: "dial: connection refused", errorCode: 1212 },
    { outcome: "connect_error", detail: "dial: connection refused" },
  ],
  [
    "a connection closed before the headers",
    { status: 0, error: "EOF" },
    { outcome: "connect_error" },
  ],
  [
    "an answer that was cut",
    { status: 0, error: "unexpected EOF", errorCode: 1000, body: '[{"la' },
    { outcome: "truncated", detail: "unexpected EOF" },
  ],
  [
    "silence",
    { status: 0, error: "request timeout", errorCode: 1050 },
    { outcome: "timed_out", detail: "request timeout" },
  ],
  [
    "a body that stalls",
    { status: 0, error: "request timeout", errorCode: 1050, body: '[{"la' },
    { outcome: "timed_out" },
  ],
])("%s", async (_, answer, expected) => {
  expect(await outcomeOf(answer)).toMatchObject(expected);
});

test.each([
  ["", 1, { outcome: "completed", text: "NEGATIVE", outputTokens: 1, tokenSource: "usage" }],
  ["-batch", 3, { outcome: "completed", text: "NEGATIVE\nNEGATIVE\nNEGATIVE", outputTokens: 3 }],
  [
    "-unknown-model",
    1,
    { outcome: "http_error", detail: expect.stringMatching(/^HTTP 404: .*`nope` does not exist/) },
  ],
  ["-on-generative", 1, { outcome: "http_error", detail: 'HTTP 404: {"detail":"Not Found"}' }],
])("reads what vLLM answered: classify%s", async (name, inputs, expected) => {
  const { status, body } = readRecordedStream(`vllm-0.32-classify${name}.http`);
  const answer = { status, body: body.toString("utf8") };
  expect(await streamOf(answer, inputs)).toMatchObject(expected);
});
