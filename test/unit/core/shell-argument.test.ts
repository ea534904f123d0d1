import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellArgument } from "../../../lib/core/shell-argument.ts";

test.each([
  ["LABELS=engine=vllm,variant=int4", "LABELS=engine=vllm,variant=int4"],
  ["BASE_URL=http://gpu:8000/a", "BASE_URL=http://gpu:8000/a"],
  ["my results", '"my results"'],
  ["C:\\my results", '"C:\\my results"'],
  ["LABELS=a=$(rm x)", "'LABELS=a=$(rm x)'"],
  ["it's", "'it'\\''s'"],
  ["", "''"],
])("%s", (text, argument) => {
  expect(shellArgument(text)).toBe(argument);
});

test
  .skipIf(process.platform === "win32")
  .each(["a;b", "$(echo x)`echo y`", "a'b\"c\\d", "*?[a]{b,c}", "&|<>#!", "two  words"])(
  "a shell takes %s for one argument, word for word",
  (text) => {
    const shown = execFileSync("sh", ["-c", `printf %s ${shellArgument(text)}`], {
      encoding: "utf8",
    });
    expect(shown).toBe(text);
  },
);
