import { describe, expect, test } from "vitest";
import { createRedactor } from "../../../lib/core/redact.ts";
import { coreOf, KEY_ENCODINGS } from "../../support/key-encodings.ts";

const KEY = "sk-abc/123+X=";
/** With what JSON, HTML, URLs and patterns give a meaning to. */
const KEYS = [
  KEY,
  'a"b\\c/d&e<f>%g',
  "$&?*[x](y)^|.",
  "7Fq2",
  'sk~?>"\\&<%41&amp;+',
  "x~~~???>>>/+/+/+==",
];

test.each([
  ["as it is", `denied: ${KEY}, ${KEY}!`, "denied: [redacted], [redacted]!"],
  ["as a URL has it", "http://u:sk-abc%2F123%2BX%3D@host/", "http://u:[redacted]@host/"],
  ["cut with the message", "xxxx sk-abc/12", "xxxx [redacted]"],
  ["cut with the message, and marked as cut", "xxxx sk-abc/12…", "xxxx [redacted]"],
  ["too little of it to tell", "xxxx sk-", "xxxx sk-"],
  ["not there", "fine…", "fine…"],
  ["not there, among escapes", "100%25 \\n &amp; c2std", "100%25 \\n &amp; c2std"],
  ["in two ways", `${KEY} sk-abc%2f123%2bX%3d`, "[redacted] [redacted]"],
  ["in base64", `Basic ${btoa(`me:${KEY}`)}.`, "Basic bWU6[redacted]Q==."],
])("%s", (_, message, shown) => {
  expect(createRedactor(KEY)(message)).toBe(shown);
});

describe.each(KEYS)("the key %s", (key) => {
  test.each(Object.entries(KEY_ENCODINGS))("%s", (_, encode) => {
    const encoded = encode(key);
    const shown = createRedactor(key)(`Incorrect key (${encoded}): denied`);
    expect(shown).toContain("[redacted]");
    expect(shown).not.toContain(coreOf(encoded));
    expect(shown).toMatch(/^Incorrect key \(.*\): denied$/);
  });
});

test("escapes of other things stay as they are where there is no key", () => {
  const text = 'say "%41\\u0042&#67;" or \\"no\\": 5%';
  expect(createRedactor(KEY)(text)).toBe(text);
});

test("without a key a message stays as it is", () => {
  expect(createRedactor(undefined)("sk-abc")).toBe("sk-abc");
});

test("a key that is a part of any word blanks none", () => {
  expect(createRedactor("e")("every request failed")).toBe("every request failed");
  expect(createRedactor("key")("a key is wrong")).toBe("a key is wrong");
  expect(createRedactor("key1")("key1 is wrong")).toBe("[redacted] is wrong");
});

test("a text made to be unescaped for ever is looked at a few times", () => {
  const text = `${"%25".repeat(200_000)}41`;
  expect(createRedactor(KEY)(text)).toBe(text);
});
