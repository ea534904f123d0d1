/** What somebody may call a model, or have a server say, who wants a terminal, a CI or a page to do something. */
export const HOSTILE_WORDS =
  "m\r\n::error::owned\n  ::add-mask::x\u001b[2J\u001b]0;title\u0007\u009b31m\u0085\u202eevil\u200b\u2028##[error]owned ##vso[task.complete] @someone #123 GH-7 <script>alert(1)</script> ![i](http://evil/x) | `a` &#64;other www.evil.example";

/** What a text has that should be in no terminal's, and in no CI's. */
export function notPrintable(text: string): string[] {
  const lines = text.split("\n");
  return [
    ...(text.match(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu) ?? []).map(
      (character) => `U+${character.codePointAt(0)?.toString(16)}`,
    ),
    ...lines.filter((line) => /^\s*::|##\w*\[/.test(line)),
  ];
}
