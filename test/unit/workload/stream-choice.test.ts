import { expect, test } from "vitest";
import { createStreamChoice } from "../../../lib/workload/stream-choice.ts";

test("requests go to streams by their weights, each the same whoever asks", () => {
  const choose = createStreamChoice([6, 3, 1], 1);
  const again = createStreamChoice([6, 3, 1], 1);
  const chosen = Array.from({ length: 10_000 }, (_, request) => choose(request));
  expect(chosen.toReversed()).toEqual(chosen.map((_, i) => again(chosen.length - 1 - i)));
  for (const [stream, share] of [0.6, 0.3, 0.1].entries()) {
    const count = chosen.filter((index) => index === stream).length;
    // Within four standard deviations of the binomial law.
    const deviation = Math.sqrt(10_000 * share * (1 - share));
    expect(Math.abs(count - 10_000 * share)).toBeLessThan(4 * deviation);
  }
});

test("another seed gives another mix", () => {
  const first = (seed: number) =>
    Array.from({ length: 50 }, (_, i) => createStreamChoice([1, 1], seed)(i));
  expect(first(1)).not.toEqual(first(2));
});

test.each([0, -1, Number.NaN])("weight %d is refused", (weight) => {
  expect(() => createStreamChoice([1, weight], 1)).toThrow(/weight: found/);
});
