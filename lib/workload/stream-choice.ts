import { indexedRandom } from "./indexed-random.ts";

const OF_STREAMS = 0;

/**
 * Which of several traffic streams the i-th request of the run belongs to: drawn by weight, from the seed and the number
 * alone, so that every user and every load generator agrees.
 *
 * @param weights above 0, one a stream
 * @throws RangeError for a weight that is not
 * @returns the index of the request's stream
 */
export function createStreamChoice(
  weights: readonly number[],
  seed: number,
): (request: number) => number {
  const wrong = weights.find((weight) => !(weight > 0));
  if (wrong !== undefined) throw new RangeError(`weight: found ${wrong}, allowed: above 0`);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (request) => {
    let left = indexedRandom(seed, request, OF_STREAMS)() * total;
    const index = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return index < 0 ? weights.length - 1 : index;
  };
}
