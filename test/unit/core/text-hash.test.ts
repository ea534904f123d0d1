import { expect, test } from "vitest";
import { textHash } from "../../../lib/core/text-hash.ts";

test("is 16 hexadecimal digits, the same for the same text", () => {
  expect(textHash("")).toBe("9747b28c811c9dc5");
  expect(textHash("Hello")).toMatch(/^[0-9a-f]{16}$/);
  expect(textHash("Hello")).toBe(textHash("Hello"));
});

test("tells texts apart", () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => `answer ${i}`);
  expect(new Set(texts.map(textHash)).size).toBe(texts.length);
});

// FNV-1a's published 32-bit test vectors, for texts of single-byte characters.
test.each([
  ["a", "e40c292c"],
  ["foobar", "bf9cf968"],
])("its lower half is FNV-1a: %s", (text, fnv1a) => {
  expect(textHash(text).slice(8)).toBe(fnv1a);
});
