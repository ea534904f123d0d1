import { expect, test } from "vitest";
import { createRedactor } from "../../../lib/core/redact.ts";
import { serverWords } from "../../../lib/core/server-words.ts";

const KEY = "sk-abc/123+X=";
const redact = createRedactor(KEY);
const NONE = { finishReason: null, detail: null, text: null };

test("each of a server's words is without the key", () => {
  const words = { finishReason: `stop ${KEY}`, detail: `no ${KEY}`, text: `${KEY}?\nYes.` };
  expect(serverWords(words, redact)).toEqual({
    finishReason: "stop [redacted]",
    detail: "no [redacted]",
    text: "[redacted]?\nYes.",
  });
  expect(serverWords(NONE, redact)).toEqual(NONE);
});

test("a detail is one line of bounded length", () => {
  const { detail } = serverWords({ ...NONE, detail: "x\n".repeat(500_000) }, redact);
  expect(detail).toMatch(/^(x )+x…$/);
  expect(detail).toHaveLength(300);
});

test.each([
  ["as it is", KEY],
  ["in base64", btoa(KEY)],
  ["escaped", Array.from(KEY, (c) => `&#${c.charCodeAt(0)};`).join("")],
])("a key that the cut goes through leaves no half: %s", (_, written) => {
  for (let before = 250; before < 320; before++) {
    const { detail } = serverWords({ ...NONE, detail: `${".".repeat(before)}${written}` }, redact);
    expect(detail?.replace("…", "")).toMatch(/^\.+(\[\w*\]?)?(PQ|Q|=)*$/);
  }
});
