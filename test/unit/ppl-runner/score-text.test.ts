import { describe, expect, test } from "vitest";
import { type ScoringOptions, scoreText } from "../../../ppl-runner/score-text.ts";

/** Finds a token the more likely the more it has before it: 1/2 after one token, 1/4 after two. */
const byContext = {
  logProbabilities: async (ids: readonly number[]) =>
    Float32Array.from(ids.slice(1), (_, index) => -Math.LN2 * (index + 1)),
};
const options = (given: Partial<ScoringOptions>): ScoringOptions => ({
  windowTokens: 4,
  strideTokens: 2,
  onProgress: () => {},
  signal: new AbortController().signal,
  ...given,
});

describe("a scored text", () => {
  test("holds each token once, with the context of its window (by hand)", async () => {
    // [0,4) scores 1 2 3 after 1 2 3 tokens, [2,6) scores 4 5 after 2 3, [4,7) scores 6 after 2: 1+2+3+2+3+2 bits.
    const scored = await scoreText(byContext, [9, 9, 9, 9, 9, 9, 9], options({}));
    expect(scored.positions).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...scored.nlls].map((nll) => Math.round(nll / Math.LN2))).toEqual([1, 2, 3, 2, 3, 2]);
    expect(scored.sumNll / Math.LN2).toBeCloseTo(13, 6);
  });

  test("has a perplexity of 2 to the mean bits while it runs and at its end", async () => {
    const seen: number[] = [];
    await scoreText(
      byContext,
      [9, 9, 9, 9, 9, 9, 9],
      options({ onProgress: ({ perplexity }) => seen.push(perplexity) }),
    );
    expect(seen.map((perplexity) => Math.log2(perplexity))).toEqual([
      expect.closeTo(6 / 3, 6),
      expect.closeTo(11 / 5, 6),
      expect.closeTo(13 / 6, 6),
    ]);
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    "is refused at a log-probability of %s",
    async (bad) => {
      const broken = { logProbabilities: async () => Float32Array.from([-1, bad, -1]) };
      await expect(scoreText(broken, [9, 9, 9, 9], options({}))).rejects.toMatchObject({
        code: "bad-input",
        message: expect.stringContaining(`gives token 2 the log-probability ${bad}`),
      });
    },
  );

  test("is not begun when it was stopped before", async () => {
    const signal = AbortSignal.abort();
    await expect(scoreText(byContext, [9, 9, 9], options({ signal }))).rejects.toMatchObject({
      code: "interrupted",
      message: expect.stringContaining("after 0 of 2 tokens"),
    });
  });
});
