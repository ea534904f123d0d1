import { expect, test } from "vitest";
import { printable, printableLine } from "../../../lib/core/printable.ts";
import { HOSTILE_WORDS, notPrintable } from "../../support/hostile-words.ts";

test.each([
  ["plain words", "TTFT p95 182 ms · ≤ 5 % – 模型 é 👍", "TTFT p95 182 ms · ≤ 5 % – 模型 é 👍"],
  ["escape codes", "a\u001b[31mb\u009b0mc", "a [31mb 0mc"],
  ["ends of lines", "a\r\nb\u2028c\u0085d\u0000e", "a b c d e"],
  ["the order of letters, and no width", "a\u202eb\u2066c\u200bd\ufeffe\u00adf", "a b c d e f"],
  ["halves of characters, and nobody's", "a\ud800b\uffffc\ue000d\u{e0041}e", "a b c d e"],
  ["a tab", "a\tb", "a\tb"],
  ["a command of GitHub's", "::error::x", ": :error::x"],
  ["one after blanks", " \u00a0\t::error::x", " \u00a0\t: :error::x"],
  ["one after marks that are ignored", "\ufe0f\u0301::error::x", "\ufe0f\u0301: :error::x"],
  ["colons elsewhere", "http://[::1]:8000 std::x", "http://[::1]:8000 std::x"],
  ["GitHub's older commands", "a ##[error]b ###[x]", "a # #[error]b ## #[x]"],
  ["Azure's and TeamCity's", "##vso[x] ##teamcity[y] ## a", "# #vso[x] # #teamcity[y] ## a"],
  ["GitLab's sections", "section_start:1:x\r\u001b[0Ky", "section_start:1:x [0Ky"],
])("%s", (_, text, shown) => {
  expect(printableLine(text)).toBe(shown);
});

test("ends of lines that are meant stay, and start no command", () => {
  expect(printable("a\n\n ::error::x\r\n\tb")).toBe("a\n\n : :error::x \n\tb");
});

test("hostile words are on one line and do nothing", () => {
  expect(notPrintable(HOSTILE_WORDS).length).toBeGreaterThan(8);
  expect(notPrintable(printableLine(HOSTILE_WORDS))).toEqual([]);
  expect(printableLine(HOSTILE_WORDS)).not.toContain("\n");
  expect(notPrintable(printable(HOSTILE_WORDS))).toEqual([]);
});
