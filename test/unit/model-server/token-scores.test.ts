import { describe, expect, test } from "vitest";
import { scoreText, scoreToken } from "../../../model-server/engine/token-scores.ts";

/** Probabilities 1/2, 1/4, 1/8 and 1/8, times any number. */
const LOGITS = Float32Array.of(Math.log(8), Math.log(4), Math.log(2), Math.log(2));

describe("token scores", () => {
  test("the log-probability is that of the softmax, the rank counts likelier tokens", () => {
    const { logprob, rank, likeliest } = scoreToken(LOGITS, 1, 0);
    expect(logprob).toBeCloseTo(Math.log(1 / 4), 6);
    expect(rank).toBe(2);
    expect(likeliest).toEqual([]);
  });

  test("the likeliest come first; of equal ones the lower id", () => {
    const { likeliest } = scoreToken(LOGITS, 3, 3);
    expect(likeliest.map(({ token, rank }) => [token, rank])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(likeliest.map(({ logprob }) => Math.exp(logprob))).toEqual([
      expect.closeTo(1 / 2, 6),
      expect.closeTo(1 / 4, 6),
      expect.closeTo(1 / 8, 6),
    ]);
  });

  test("large logits don't overflow, an impossible token has vLLM's -9999", () => {
    const far = Float32Array.of(1000, 1000, Number.NEGATIVE_INFINITY);
    expect(scoreToken(far, 0, 0).logprob).toBeCloseTo(Math.log(1 / 2), 6);
    expect(scoreToken(far, 2, 0)).toMatchObject({ logprob: -9999, rank: 3 });
  });

  test("a text's tokens are scored by the rows before them, its first by none", () => {
    const rows = new Float32Array([...LOGITS, ...LOGITS.toReversed(), ...LOGITS]);
    const scores = scoreText(rows, [3, 0, 0], 0);
    expect(scores.map((score) => score && Math.exp(score.logprob))).toEqual([
      null,
      expect.closeTo(1 / 2, 6),
      expect.closeTo(1 / 8, 6),
    ]);
  });
});
