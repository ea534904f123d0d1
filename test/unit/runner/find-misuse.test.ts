import { expect, test } from "vitest";
import { findMisuse } from "../../../runner/find-misuse.ts";

test("a malformed setting as k6 prints it: the message without the stack", () => {
  const log = [
    'UserError: VUS: found "many", allowed: a whole number from 1 to 1000000',
    'TIMEOUT: found "x", allowed: a time',
    "\tat throwProblems (file:///settings.ts:146:41(14))",
    "",
  ];
  expect(findMisuse(log)).toMatchObject({
    code: "bad-input",
    message:
      'VUS: found "many", allowed: a whole number from 1 to 1000000\nTIMEOUT: found "x", allowed: a time',
  });
});

test.each([
  ["test aborted: target-unreachable: nobody answers at http://x", "target-unreachable"],
  ["test aborted: bad-input: BASE_URL: not set", "bad-input"],
])("%s", (line, code) => {
  const message = line.slice(line.indexOf(code) + code.length + 2);
  expect(findMisuse(["Request Failed", line])).toMatchObject({ code, message });
});

test("a value with what JavaScript takes for the end of a line", () => {
  const line = 'UserError: VUS: found "1\u2028x", allowed: a number';
  expect(findMisuse([line])?.message).toBe('VUS: found "1\u2028x", allowed: a number');
});

test("a breached threshold or an error of the script is no misuse", () => {
  const log = ["thresholds on metrics 'llm_ttft' have been crossed", "TypeError: x is undefined"];
  expect(findMisuse(log)).toBeUndefined();
});
