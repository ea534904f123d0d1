import { expect, test } from "vitest";
import { parseRetryAfter } from "../../../lib/core/retry-after.ts";

const NOW = Date.UTC(2015, 9, 21, 7, 28, 0);

test.each([
  ["120", 120_000],
  ["0", 0],
  // The example of RFC 9110.
  ["Wed, 21 Oct 2015 07:29:30 GMT", 90_000],
  ["Wed, 21 Oct 2015 07:27:00 GMT", 0],
])("%s", (value, waitMs) => {
  expect(parseRetryAfter(value, NOW)).toBe(waitMs);
});

test.each([undefined, "", "soon", "-1", "1.5"])("no Retry-After: %s", (value) => {
  expect(parseRetryAfter(value, NOW)).toBeNull();
});
