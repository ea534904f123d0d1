import { describe, expect, test } from "vitest";
import { escapeMarkdown } from "../../../merger/markdown-text.ts";

test.each([
  ["plain words", "int4 at 8 users: +11.4 % (95 %: 8.2 to 14.6), a/b.c", undefined],
  ["a mention", "@someone and a@b.c", "@&#8203;someone and a@&#8203;b.c"],
  ["a mention as an entity", "&#64;someone", "&amp;#&#8203;64;someone"],
  ["references", "#12 o/r#3 GH-4 !5", "#&#8203;12 o/r#&#8203;3 GH&#8203;-4 !&#8203;5"],
  [
    "GitLab's references",
    '~label %"one" &6 $7',
    '\\~&#8203;label %&#8203;"one" &amp;&#8203;6 &#36;&#8203;7',
  ],
  [
    "a bare link",
    "see https://evil/x or www.evil.example",
    "see https:&#8203;//evil/x or www&#8203;.evil.example",
  ],
  ["a link and an image", "![i](u) [l](u)", "!\\[i\\](u) \\[l\\](u)"],
  ["tags, cells and code", "<b>|`x`|", "\\<b\\>\\|\\`x\\`\\|"],
  ["emphasis and strikes", "*a* _b_ ~~c~~", "\\*a\\* \\_b\\_ \\~\\~&#8203;c\\~\\~"],
  ["a formula", "$$x$$", "&#36;&#36;&#8203;x&#36;&#36;"],
  ["several lines", "a\n\n# b\n- c", "a #&#8203; b - c"],
  ["a list", "- a", "&#8203;- a"],
  ["a numbered list", "1. a", "&#8203;1. a"],
  ["a heading's line", "===", "&#8203;==="],
  ["backslashes", "a\\|b", "a\\\\\\|b"],
])("%s", (_, text, markdown) => {
  expect(escapeMarkdown(text)).toBe(markdown ?? text);
});

/** As GitHub finds them in the text that Markdown comes to (github/html-pipeline's filters, and GFM's extended autolinks). */
describe("what GitHub looks for in the text that is shown", () => {
  const shown = (markdown: string) =>
    markdown
      .replace(/\\([!-/:-@[-`{-~])/g, "$1")
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
      .replaceAll("&amp;", "&");

  test.each([
    "@a",
    "&#64;a",
    "&amp;#64;a",
    "\\@a",
    "(@a/b)",
    "x #1",
    "&#35;1",
    "o/r#1",
    "gh-1",
    "HTTPS://a.b",
    "ftp://a.b",
    "WWW.a.b",
    "a@b.example",
  ])("%s is not there", (text) => {
    expect(shown(escapeMarkdown(text))).not.toMatch(
      /@[\w-]|#\d|\bgh-\d|(https?|ftp):\/\/|\bwww\./i,
    );
  });
});
