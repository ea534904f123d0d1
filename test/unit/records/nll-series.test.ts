import { expect, test } from "vitest";
import { decodeNlls, encodeNlls } from "../../../records/nll-series.ts";

test("NLLs are little-endian float32 in base64, as numpy's astype('<f4').tobytes()", () => {
  const nlls = encodeNlls(Float32Array.of(1, -2.5, 0));
  expect(nlls).toEqual({ encoding: "f32le-base64", data: "AACAPwAAIMAAAAAA" });
  expect([...decodeNlls({ id: "a", nlls, scoredTokens: 3 })]).toEqual([1, -2.5, 0]);
});

test("as many NLLs as scored tokens, or the file is refused", () => {
  const nlls = encodeNlls(Float32Array.of(1, 2));
  expect(() => decodeNlls({ id: "a", nlls, scoredTokens: 3 })).toThrow(
    "quality a: nlls holds 2 numbers, but scoredTokens is 3",
  );
});
