import { createRandom, randomInt } from "../lib/core/random.ts";

/**
 * A seeded sample of a stream of unknown length, each item as likely as any other (Vitter's algorithm R), in the order of the stream.
 *
 * @returns fewer than `size` items where the stream has fewer
 */
export async function sampleStream<T>(
  items: AsyncIterable<T>,
  size: number,
  seed: number,
): Promise<{ readonly sample: T[]; readonly seen: number }> {
  const random = createRandom(seed);
  const kept: { index: number; item: T }[] = [];
  let seen = 0;
  for await (const item of items) {
    if (kept.length < size) kept.push({ index: seen, item });
    else {
      const place = randomInt(random, seen + 1);
      if (place < size) kept[place] = { index: seen, item };
    }
    seen += 1;
  }
  kept.sort((a, b) => a.index - b.index);
  return { sample: kept.map(({ item }) => item), seen };
}
