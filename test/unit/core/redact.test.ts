import { expect, test } from "vitest";
import { redact } from "../../../lib/core/redact.ts";

const KEY = "sk-abc/123+X=";

test.each([
  ["as it is", `denied: ${KEY}, ${KEY}!`, "denied: [redacted], [redacted]!"],
  ["as a URL has it", "http://u:sk-abc%2F123%2BX%3D@host/", "http://u:[redacted]@host/"],
  ["cut with the message", "xxxx sk-abc/12", "xxxx [redacted]"],
  ["cut with the message, and marked as cut", "xxxx sk-abc/12…", "xxxx [redacted]"],
  ["too little of it to tell", "xxxx sk-", "xxxx sk-"],
  ["not there", "fine…", "fine…"],
])("%s", (_, message, shown) => {
  expect(redact(message, KEY)).toBe(shown);
});

test("without a key a message stays as it is", () => {
  expect(redact("sk-abc", undefined)).toBe("sk-abc");
});
