import { createRandom, randomInt } from "../core/random.ts";

/**
 * In which order `count` prompts are used: a seeded shuffle (Fisher and Yates), gone through again and again, so that each
 * prompt is used as often as any other and request i has the same prompt in every run of that seed.
 *
 * @returns the index of the prompt of the i-th request of the run
 */
export function createPromptOrder(count: number, seed: number): (request: number) => number {
  const random = createRandom(seed);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = randomInt(random, last + 1);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return (request) => order[request % count] ?? 0;
}
