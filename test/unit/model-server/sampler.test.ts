import { describe, expect, test } from "vitest";
import { createRandom } from "../../../lib/core/random.ts";
import { createSampler, sample } from "../../../model-server/engine/sampler.ts";

/** Probabilities 0.1, 0.5, 0.15, 0.25 at temperature 1. */
const PROBABILITIES = [0.1, 0.5, 0.15, 0.25];
const LOGITS = Float32Array.from(PROBABILITIES, Math.log);

function frequencies(options: { temperature: number; topP: number; topK: number }): number[] {
  const random = createRandom(7);
  const counts = [0, 0, 0, 0];
  const draws = 20_000;
  for (let n = 0; n < draws; n++) {
    const token = sample(LOGITS, options, random());
    counts[token] = (counts[token] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  wanted.forEach((share, token) => {
    // Four standard errors of a share of 20,000 draws are at most 0.0142.
    expect(Math.abs((found[token] ?? 0) - share), `token ${token}`).toBeLessThan(0.0142);
  });
}

describe("sampler", () => {
  test("greedy takes the largest logit, the first of equal ones", () => {
    const greedy = createSampler({ kind: "greedy" });
    expect(greedy(Float32Array.of(1, 3, 3, 2))).toBe(1);
  });

  test("greedy never takes a token that is struck out", () => {
    const greedy = createSampler({ kind: "greedy" });
    expect(greedy(Float32Array.of(-Infinity, -5, -Infinity))).toBe(1);
  });

  test("draws by the softmax of the logits", () => {
    expectClose(frequencies({ temperature: 1, topP: 1, topK: 0 }), PROBABILITIES);
  });

  test("divides logits by the temperature", () => {
    // p^2 normalized: 0.01, 0.25, 0.0225, 0.0625 over 0.345.
    const wanted = [0.01, 0.25, 0.0225, 0.0625].map((square) => square / 0.345);
    expectClose(frequencies({ temperature: 0.5, topP: 1, topK: 0 }), wanted);
  });

  test("top-k keeps the k most likely", () => {
    expectClose(frequencies({ temperature: 1, topP: 1, topK: 2 }), [0, 2 / 3, 0, 1 / 3]);
  });

  test("top-p keeps the fewest that reach p", () => {
    expectClose(frequencies({ temperature: 1, topP: 0.7, topK: 0 }), [0, 2 / 3, 0, 1 / 3]);
    expectClose(frequencies({ temperature: 1, topP: 0.8, topK: 0 }), [
      0,
      0.5 / 0.9,
      0.15 / 0.9,
      0.25 / 0.9,
    ]);
  });

  test("top-p is of what top-k left, as in vLLM", () => {
    // Of 0.5 and 0.25 the first holds two thirds: enough for 0.6.
    expectClose(frequencies({ temperature: 1, topP: 0.6, topK: 2 }), [0, 1, 0, 0]);
  });

  test("of equal tokens the first ones are kept", () => {
    const equal = new Float32Array(6);
    const draw = (uniform: number): number =>
      sample(equal, { temperature: 1, topP: 1, topK: 2 }, uniform);
    expect([0, 0.49, 0.51, 0.999].map(draw)).toEqual([0, 0, 1, 1]);
  });

  test("a top-p as small as can be is greedy", () => {
    expect(sample(LOGITS, { temperature: 1, topP: 1e-9, topK: 0 }, 0.999)).toBe(1);
  });

  test("the same seed draws the same tokens, another seed others", () => {
    const draw = (seed: number): number[] => {
      const sampler = createSampler({ kind: "sampled", temperature: 1, topP: 1, topK: 0, seed });
      return Array.from({ length: 30 }, () => sampler(LOGITS));
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
    expect(draw(2 ** 40 + 5)).not.toEqual(draw(5));
  });
});
