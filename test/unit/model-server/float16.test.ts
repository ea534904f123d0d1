import { expect, test } from "vitest";
import { float16ToFloat32 } from "../../../model-server/engine/float16.ts";

/** Wikipedia's table of half precision examples, each checked against numpy's float16. */
test.each([
  [0x0000, 0],
  [0x0001, 0.000000059604645],
  [0x03ff, 0.000060975552],
  [0x0400, 0.00006103515625],
  [0x3555, 0.33325195],
  [0x3c00, 1],
  [0x3c01, 1.0009765625],
  [0x7bff, 65504],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0x8000, -0],
  [0xc000, -2],
  [0xfc00, Number.NEGATIVE_INFINITY],
])("bits %i are %f", (bits, value) => {
  expect(float16ToFloat32(Uint16Array.of(bits))[0]).toBe(Math.fround(value));
});

test("a pattern that is no number stays none", () => {
  expect(float16ToFloat32(Uint16Array.of(0x7e00))[0]).toBeNaN();
});
