import { describe, expect, test } from "vitest";
import type { Decoder, PrefilledPrompt } from "../../../model-server/engine/decoder.ts";
import { checkPadding } from "../../../model-server/engine/padding-check.ts";

/** Its logits tell the sum of what it has read; `error` is what a neighbour adds to them. */
function summing(error: number): Decoder {
  const sums: number[] = [];
  const logits = (sum: number): Float32Array => Float32Array.of(0, sum, 2 * sum);
  return {
    get rows() {
      return sums.length;
    },
    cachedColumns: 0,
    prefill: async (prompt): Promise<PrefilledPrompt> => {
      const sum = prompt.reduce((total, token) => total + token, 0);
      return {
        logits: logits(sum),
        tokens: prompt.length,
        keysAndValues: [new Float32Array([sum])],
      };
    },
    join: ({ keysAndValues }) => void sums.push(Number(keysAndValues[0]?.[0])),
    leave: (row) => void sums.splice(row, 1),
    step: async (tokens) => tokens.map((token, row) => logits((sums[row] ?? 0) + token + error)),
  };
}

describe("check of padding", () => {
  test("passes a model whose rows don't see one another, and leaves no row behind", async () => {
    const decoder = summing(1e-4);
    await checkPadding(decoder, "model.onnx");
    expect(decoder.rows).toBe(0);
  });

  test("refuses one whose rows do", async () => {
    await expect(checkPadding(summing(1), "model.onnx")).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("model.onnx"),
    });
  });

  test("refuses one that gives no numbers", async () => {
    await expect(checkPadding(summing(Number.NaN), "model.onnx")).rejects.toThrow("attention_mask");
  });
});
