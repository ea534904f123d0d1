import { describe, expect, test } from "vitest";
import { stridedWindows } from "../../../ppl-runner/strided-windows.ts";

describe("strided windows", () => {
  test.each([
    {
      what: "overlap by half, the last one short",
      tokens: 7,
      length: 4,
      stride: 2,
      windows: [
        [0, 4, 1],
        [2, 6, 4],
        [4, 7, 6],
      ],
    },
    {
      what: "do not overlap: the first of each is not scored",
      tokens: 7,
      length: 3,
      stride: 3,
      windows: [
        [0, 3, 1],
        [3, 6, 4],
      ],
    },
    {
      what: "one longer than the text",
      tokens: 3,
      length: 10,
      stride: 5,
      windows: [[0, 3, 1]],
    },
    {
      what: "as long as the text",
      tokens: 4,
      length: 4,
      stride: 1,
      windows: [[0, 4, 1]],
    },
    {
      what: "of two tokens",
      tokens: 4,
      length: 2,
      stride: 1,
      windows: [
        [0, 2, 1],
        [1, 3, 2],
        [2, 4, 3],
      ],
    },
    { what: "of a text of one token: none", tokens: 1, length: 4, stride: 2, windows: [] },
    { what: "of no text: none", tokens: 0, length: 4, stride: 2, windows: [] },
  ])("$what (by hand)", ({ tokens, length, stride, windows }) => {
    expect(
      stridedWindows(tokens, length, stride).map((w) => [w.start, w.end, w.scoreFrom]),
    ).toEqual(windows);
  });

  /** The definition word by word: each window's last S tokens that have a token before them, each once. */
  const byDefinition = (tokens: number, length: number, stride: number): Map<number, number> => {
    const windowOf = new Map<number, number>();
    for (let start = 0; start < tokens; start += stride) {
      const held = Array.from({ length }, (_, index) => start + index).filter((t) => t < tokens);
      const last = start === 0 ? held : held.slice(length - stride);
      for (const token of last) {
        if (token > start && !windowOf.has(token)) windowOf.set(token, start);
      }
    }
    return windowOf;
  };

  test("score what the definition says, from the window it says, for all small cases", () => {
    for (let tokens = 0; tokens <= 13; tokens++) {
      for (let length = 2; length <= 8; length++) {
        for (let stride = 1; stride <= length; stride++) {
          const scored = new Map<number, number>();
          for (const { start, end, scoreFrom } of stridedWindows(tokens, length, stride)) {
            for (let token = scoreFrom; token < end; token++) scored.set(token, start);
          }
          expect(scored, `${tokens} tokens, length ${length}, stride ${stride}`).toEqual(
            byDefinition(tokens, length, stride),
          );
        }
      }
    }
  });
});
