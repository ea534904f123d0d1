import { describe, expect, test } from "vitest";
import { createRandom, randomInt } from "../../../lib/core/random.ts";
import { BatchKvCache, type KvLayout } from "../../../model-server/engine/kv-cache.ts";

const LAYOUT: KvLayout = { tensors: 2, heads: 2, headSize: 2, type: "float32" };

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

/** What a step of a model does: copies each block and adds a column. */
function step(cache: BatchKvCache, sequences: readonly number[]): void {
  const { rows, length } = cache;
  for (let tensor = 0; tensor < 2; tensor++) {
    const past = cache.past(tensor);
    const present = cache.present(tensor);
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < 2; head++) {
        const block = row * 2 + head;
        present.set(
          past.subarray(block * length * 2, (block + 1) * length * 2),
          block * (length + 1) * 2,
        );
        for (let element = 0; element < 2; element++) {
          present[(block * (length + 1) + length) * 2 + element] = value(
            sequences[row] ?? -1,
            tensor,
            head,
            cache.tokensOf(row),
            element,
          );
        }
      }
    }
  }
  cache.advance();
}

function expectRows(cache: BatchKvCache, sequences: readonly number[]): void {
  expect(cache.rows).toBe(sequences.length);
  for (let tensor = 0; tensor < 2; tensor++) {
    const past = cache.past(tensor);
    const expected: number[] = [];
    sequences.forEach((sequence, row) => {
      for (let head = 0; head < 2; head++) {
        const tokens = cache.tokensOf(row);
        for (let column = 0; column < cache.length; column++) {
          const token = column - (cache.length - tokens);
          for (let element = 0; element < 2; element++) {
            expected.push(token < 0 ? 0 : value(sequence, tensor, head, token, element));
          }
        }
      }
    });
    // Padding may hold anything finite while it is masked; here it is what a step copied: zeros.
    expect([...past]).toEqual(expected);
  }
}

describe("batch key-value cache", () => {
  test("puts a shorter row at the right end, zeros before it", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 3), 3);
    cache.append(prefilled(2, 1), 1);
    expect(cache.length).toBe(3);
    expectRows(cache, [1, 2]);
  });

  test("moves the rows to the right for a longer one", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 2), 2);
    cache.append(prefilled(2, 1), 1);
    cache.append(prefilled(3, 7), 7);
    expect(cache.length).toBe(7);
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
    cache.remove(0);
    expect(cache.length).toBe(5);
    expectRows(cache, [3, 2]);
  });

  test("begins anew after the last row has left", () => {
    const cache = new BatchKvCache(LAYOUT);
    cache.append(prefilled(1, 40), 40);
    cache.remove(0);
    cache.append(prefilled(2, 2), 2);
    expect(cache.length).toBe(2);
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
    expect(cache.past(1)).toEqual(new Uint16Array(4).fill(8));
  });
});
