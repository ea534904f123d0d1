import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readOnnxFacts } from "../../../model/onnx-file.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/tiny-model/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "onnx-file-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const cache = [0, 1].flatMap((layer) => [`${layer}.key`, `${layer}.value`]);

describe("what an ONNX file says of itself (see make.py of the fixture)", () => {
  test("with weights inside", () => {
    expect(readOnnxFacts(join(FIXTURES, "llama/model.onnx"))).toEqual({
      bytes: 131_517,
      externalData: [],
      opset: 18,
      inputs: [
        "input_ids",
        "attention_mask",
        "position_ids",
        ...cache.map((tensor) => `past_key_values.${tensor}`),
      ],
      outputs: ["logits", ...cache.map((tensor) => `present.${tensor}`)],
    });
  });

  test("with weights in a file of their own", () => {
    expect(readOnnxFacts(join(FIXTURES, "llama-external/model.onnx")).externalData).toEqual([
      "model.onnx_data",
    ]);
  });

  test("cut anywhere it is never taken for whole", () => {
    const whole = readFileSync(join(FIXTURES, "llama-external/model.onnx"));
    const path = join(scratch, "cut.onnx");
    for (let length = 0; length < whole.length; length += 97) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => readOnnxFacts(path), `${length} bytes`).toThrow(
        /cut\.onnx is no whole ONNX model: /,
      );
    }
  });

  test.each([
    ["text", "this is no model at all, but a line of text\n"],
    ["zeros", "\0".repeat(500)],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"],
    ["HTML", "<!doctype html><html><body>Not found</body></html>"],
  ])("%s is no model", (_, content) => {
    const path = join(scratch, "other.onnx");
    writeFileSync(path, content);
    expect(() => readOnnxFacts(path)).toThrow(/other\.onnx is no whole ONNX model: /);
  });
});
