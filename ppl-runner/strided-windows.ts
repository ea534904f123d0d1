/** A window of the token stream, and which of its tokens are scored; positions in the stream, ends exclusive. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly scoreFrom: number;
}

/**
 * Windows of the `strided` protocol (docs/quality.md): of `length` tokens, each `stride` further on; the last one may be short.
 * A window scores the tokens that no window before it held, but never its own first token, which has nothing before it.
 * So with a stride below the length every token but the stream's first is scored once; with a stride of the length the
 * first of each window is not.
 *
 * Example: 7 tokens, length 4, stride 2: [0,4) scores 1-3, [2,6) scores 4-5, [4,7) scores 6.
 */
export function stridedWindows(tokens: number, length: number, stride: number): readonly Window[] {
  const windows: Window[] = [];
  let scored = 0;
  for (let start = 0; scored < tokens; start += stride) {
    const end = Math.min(start + length, tokens);
    const scoreFrom = Math.max(scored, start + 1);
    if (scoreFrom < end) windows.push({ start, end, scoreFrom });
    scored = end;
  }
  return windows;
}
