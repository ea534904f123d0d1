import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../lib/core/duration.ts";

test.each([
  ["500ms", 500],
  ["30s", 30_000],
  ["2m", 120_000],
  ["1m30s", 90_000],
  ["1h0m0s", 3_600_000],
  ["1.5s", 1_500],
  ["0s", 0],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "5", "s", "5 s", "-5s", "5sec", "1e3s"])("%j is no time", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("formats what it parses", () => {
  expect(parseDuration(formatDuration(61_500))).toBe(61_500);
});
