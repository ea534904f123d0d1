import { expect, test } from "vitest";
import type { StreamCapture } from "../../../lib/core/stream-protocol.ts";
import { withErrorReason } from "../../../lib/k6/error-reason.ts";
import { answerWith } from "../../support/k6/http.ts";
import { tickingClock } from "../../support/k6/ticking-clock.ts";

const CALL = { url: "http://gpu:8000/v1/completions", headers: {}, body: "{}", timeoutMs: 1000 };
const REFUSED: StreamCapture = {
  sentMs: 1,
  headersMs: 2,
  endMs: 3,
  status: 404,
  eventMs: [],
  eventData: [],
  transportError: null,
  timedOut: false,
  strayLine: null,
  retryAfterMs: null,
};

const reasonOf = (capture: StreamCapture) => withErrorReason(capture, CALL, tickingClock());

test("an HTTP error gets the server's words, and keeps its own times", async () => {
  answerWith({ "/v1/completions": { status: 404, body: "no such model\n" } });
  expect(await reasonOf(REFUSED)).toEqual({
    ...REFUSED,
    strayLine: "(sent again to hear why) no such model",
  });
});

test.each([
  ["answers something else the second time", { status: 500, body: "another" }],
  ["answers well the second time", { status: 200, body: "[]" }],
  ["gives no reason", { status: 404 }],
])("where the server %s, nothing is added", async (_, answer) => {
  answerWith({ "/v1/completions": answer });
  expect(await reasonOf(REFUSED)).toBe(REFUSED);
});

test.each<[string, Partial<StreamCapture>]>([
  ["that completed", { status: 200 }],
  ["without a response", { status: null }],
  ["whose reason is known", { strayLine: '{"error":"x"}' }],
  ["whose reason came as an event", { eventMs: [3], eventData: ['{"error":"x"}'] }],
])("a request %s is not sent again", async (_, change) => {
  answerWith({ "/v1/completions": { status: change.status ?? 404, body: "asked again" } });
  const capture = { ...REFUSED, ...change };
  expect(await reasonOf(capture)).toBe(capture);
});
