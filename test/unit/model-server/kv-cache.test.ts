import { describe, expect, test } from "vitest";
import { createRandom, randomInt } from "../../../lib/core/random.ts";
import { BatchKvCache, type KvLayout } from "../../../model-server/engine/kv-cache.ts";

const LAYOUT: KvLayout = { tensors: 2, heads: 2, headSize: 2, type: "float32", block: 16 };

/** Tells sequence, tensor, head, token and element. */
function value(sequence: number, tensor: number, head: number, token: number, element: number) {
  return (sequence % 97) * 100_000 + tensor * 10_000 + head * 1_000 + token * 10 + element + 1;
}

function prefilled(sequence: number, tokens: number): Float32Array[] {
  return [0, 1].map((tensor) => {
    const array = new Float32Array(2 * tokens * 2);
    let at = 0;
    for (let head = 0; head < 2; head++) {
      for (let token = 0; token < tokens; token++) {
        for (let element = 0; element < 2; element++) {
          array[at++] = value(sequence, tensor, head, token, element);
        }
      }
    }
    return array;
  });
}

/** What a step of a model gives: each row's new token, [rows, heads, tensors, headSize]. */
function step(cache: BatchKvCache, sequences: readonly number[]): void {
  const columns = sequences.flatMap((sequence, row) =>
    [0, 1].flatMap((head) =>
      [0, 1].flatMap((tensor) =>
        [0, 1].map((element) => value(sequence, tensor, head, cache.tokensOf(row), element)),
      ),
    ),
  );
  cache.addColumns(Float32Array.from(columns));
}

function expectRows(cache: BatchKvCache, sequences: readonly number[]): void {
  expect(cache.rows).toBe(sequences.length);
  for (let tensor = 0; tensor < 2; tensor++) {
    const expected: number[] = [];
    const found: number[] = [];
    const all = cache.tensor(tensor);
    expect(all.length).toBe(sequences.length * 2 * cache.columns * 2);
    sequences.forEach((sequence, row) => {
      for (let head = 0; head < 2; head++) {
        for (let column = 0; column < cache.columns; column++) {
          // What lies in the padding does not matter while it is finite.
          if (column >= cache.tokensOf(row)) continue;
          for (let element = 0; element < 2; element++) {
            expected.push(value(sequence, tensor, head, column, element));
            found.push(all[((row * 2 + head) * cache.columns + column) * 2 + element] ?? -1);
          }
        }
      }
    });
    expect(found).toEqual(expected);
    expect(all.every(Number.isFinite)).toBe(true);
  }
}

describe("batch key-value cache", () => {
  test("grows a block at a time", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 3), 3);
    while (cache.tokensOf(0) < 100) {
      step(cache, [1]);
      expect(cache.columns).toBe(Math.ceil(cache.tokensOf(0) / 16) * 16);
      expectRows(cache, [1]);
    }
  });

  test("has no padding with a block of 1", () => {
    const cache = new BatchKvCache({ ...LAYOUT, block: 1 });
    cache.append(prefilled(1, 3), 3);
    for (let tokens = 4; tokens < 20; tokens++) {
      step(cache, [1]);
      expect(cache.columns).toBe(tokens);
      expectRows(cache, [1]);
    }
  });

  test("moves the rows apart for a longer one", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 2), 2);
    cache.append(prefilled(2, 1), 1);
    cache.append(prefilled(3, 70), 70);
    expectRows(cache, [1, 2, 3]);
  });

  test("the last row takes a leaving one's number", () => {
    const cache = new BatchKvCache(LAYOUT);
    for (const sequence of [1, 2, 3]) cache.append(prefilled(sequence, 2), 2);
    cache.remove(0);
    expectRows(cache, [3, 2]);
  });

  test("takes padding away once the longest row has left", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 40), 40);
    cache.append(prefilled(2, 3), 3);
    cache.append(prefilled(3, 5), 5);
    const before = cache.columns;
    cache.remove(0);
    expect(cache.columns).toBeLessThan(before);
    expectRows(cache, [3, 2]);
  });

  test("begins anew after the last row has left", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 40), 40);
    cache.remove(0);
    expect(cache.columns).toBe(0);
    cache.append(prefilled(2, 2), 2);
    expectRows(cache, [2]);
  });

  test("keeps every row's values through random joins, leaves and steps", () => {
    const random = createRandom(3);
    const cache = new BatchKvCache(LAYOUT);
    const sequences: number[] = [];
    for (let n = 1; n <= 400; n++) {
      const choice = random();
      if (choice < 0.25 && sequences.length < 6) {
        const tokens = 1 + randomInt(random, 30);
        cache.append(prefilled(n, tokens), tokens);
        sequences.push(n);
      } else if (choice < 0.4 && sequences.length > 0) {
        const row = randomInt(random, sequences.length);
        cache.remove(row);
        const last = sequences.pop() ?? -1;
        if (row < sequences.length) sequences[row] = last;
      } else if (sequences.length > 0) step(cache, sequences);
      expectRows(cache, sequences);
    }
  });

  test("holds float16 bits in 16-bit arrays", () => {
    const cache = new BatchKvCache({ ...LAYOUT, type: "float16" });
    cache.append([new Uint16Array(4).fill(7), new Uint16Array(4).fill(8)], 1);
    cache.addColumns(new Uint16Array(8).fill(9));
    expect([...cache.tensor(1).subarray(0, 6)]).toEqual([8, 8, 9, 9, 0, 0]);
  });
});
