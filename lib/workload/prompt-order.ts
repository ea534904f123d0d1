import { createRandom, randomInt } from "../core/random.ts";

/**
 * The items of a set in the order in which they are used: a seeded shuffle (Fisher and Yates), to be gone through again
 * and again, so that each is used as often as any other and request i has the same one in every run of that seed.
 */
export function inSeededOrder<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  const order = items.map((_, index) => index);
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomInt(random, last + 1);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order.flatMap((index) => items.slice(index, index + 1));
}
