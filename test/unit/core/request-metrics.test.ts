import { expect, test } from "vitest";
import { requestMetrics } from "../../../lib/core/request-metrics.ts";

const TIMES = {
  scheduledMs: 100,
  readyMs: null,
  sentMs: 100,
  headersMs: 110,
  firstEventMs: 150,
  firstContentMs: 150,
  firstVisibleMs: 150,
  lastContentMs: 150,
  gapsUs: [],
};

test.each([1, 8])("an answer that came in one event has no ITL: %i tokens", (outputTokens) => {
  const metrics = requestMetrics({ ...TIMES, outputTokens });
  expect(metrics).toMatchObject({ ttftMs: 50, e2eMs: 50 });
  expect(metrics?.itlMs).toBeUndefined();
  expect(metrics?.outputTokensPerSecond).toBeUndefined();
});

test("tokens of two events that were read at once have an ITL of 0, which was measured", () => {
  expect(requestMetrics({ ...TIMES, gapsUs: [0], outputTokens: 2 })?.itlMs).toBe(0);
});
