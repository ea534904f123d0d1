import { describe, expect, test } from "vitest";
import type { Decoder, PrefilledPrompt } from "../../../model-server/engine/decoder.ts";
import { decodesFaithfully } from "../../../model-server/engine/padding-check.ts";

/** Its logits tell the sum of what it has read; `error` is what a second row adds to them. */
function summing(error: number, maxRows: number): Decoder {
  const sums: number[] = [];
  const logits = (sum: number): Float32Array => Float32Array.of(0, sum, 2 * sum);
  return {
    maxRows,
    get rows() {
      return sums.length;
    },
    cachedColumns: 0,
    prefill: async (prompt): Promise<PrefilledPrompt> => {
      const sum = prompt.reduce((total, token) => total + token, 0);
      return {
        logits: logits(sum),
        allLogits: logits(sum),
        tokens: prompt.length,
        keysAndValues: [Float32Array.of(sum)],
      };
    },
    join: ({ keysAndValues }) => void sums.push(Number(keysAndValues[0]?.[0])),
    leave: (row) => void sums.splice(row, 1),
    step: async (tokens) =>
      tokens.map((token, row) => logits((sums[row] ?? 0) + token + error * (sums.length - 1))),
  };
}

describe("check of padding", () => {
  test("passes a model whose rows don't see one another, and leaves no row behind", async () => {
    const decoder = summing(1e-4, 8);
    expect(await decodesFaithfully(decoder)).toBe(true);
    expect(decoder.rows).toBe(0);
  });

  test("fails one whose rows do, and passes it one row at a time", async () => {
    expect(await decodesFaithfully(summing(1, 8))).toBe(false);
    expect(await decodesFaithfully(summing(1, 1))).toBe(true);
  });

  test("fails one that gives no numbers", async () => {
    expect(await decodesFaithfully(summing(Number.NaN, 8))).toBe(false);
  });
});
