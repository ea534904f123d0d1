import { describe, expect, test } from "vitest";
import { bitsPerByte, meanStandardError } from "../../../ppl-runner/quality-figures.ts";

describe("bits per byte", () => {
  const scored = { nlls: new Float32Array(2), positions: [1, 2], sumNll: 12 * Math.LN2 };

  test("is over the scored tokens' own bytes", () => {
    // 12 bits over 2 + 4 bytes; the first token's 3 bytes are not scored.
    expect(bitsPerByte(scored, [3, 2, 4], 9)).toBeCloseTo(2, 12);
  });

  test("shares the text's bytes out where the tokenizer changes the text", () => {
    expect(bitsPerByte(scored, [3, 2, 4], 18)).toBeCloseTo(1, 12);
  });
});

describe("standard error of the mean", () => {
  test("is numpy's std(ddof=1) / sqrt(n)", () => {
    expect(meanStandardError(Float32Array.of(1, 2, 3, 4))).toBeCloseTo(0.6454972243679028, 12);
  });

  test("is absent for one value", () => {
    expect(meanStandardError(Float32Array.of(5))).toBeNull();
  });
});
