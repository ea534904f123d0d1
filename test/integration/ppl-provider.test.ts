import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession } from "onnxruntime-node";
import { expect, test } from "vitest";
import { bindingDirectory, missingCudaLibraries } from "../../model/cuda-provider.ts";
import { loadOnnxModel } from "../../model/onnx-model.ts";
import { promptFeeds } from "../../model/prompt-feeds.ts";
import { profileProviders } from "../../model/used-provider.ts";

const MODEL = fileURLToPath(new URL("../fixtures/tiny-model/llama", import.meta.url));

test("a profile of one run tells which provider ran the graph", async () => {
  const { signature, graphFile, session } = await loadOnnxModel(MODEL, { provider: "cpu" });
  await session.release();
  const profiled = await profileProviders(
    (options) => InferenceSession.create(graphFile, options),
    (opened) => opened.run(promptFeeds(signature, [1, 2, 3])),
  );
  expect([...profiled.nodes.keys()]).toEqual(["CPUExecutionProvider"]);
  expect(profiled.nodes.get("CPUExecutionProvider")).toBeGreaterThan(20);
  // The session goes on without its profile.
  const { logits } = await profiled.session.run(promptFeeds(signature, [1, 2, 3]), ["logits"]);
  expect(logits?.dims).toEqual([1, 3, 384]);
  await profiled.session.release();
});

test("ONNX Runtime's own library lies where the CUDA provider's are looked for", () => {
  expect(existsSync(bindingDirectory())).toBe(true);
});

test.skipIf(missingCudaLibraries().length === 0)(
  "auto takes the CPU where there is no CUDA",
  async () => {
    const { provider, session } = await loadOnnxModel(MODEL, { provider: "auto" });
    await session.release();
    expect(provider).toEqual({ asked: "auto", used: "cpu" });
  },
);

test.skipIf(missingCudaLibraries().length === 0)(
  "cuda says which libraries are missing, where they belong and how to get them",
  async () => {
    await expect(loadOnnxModel(MODEL, { provider: "cuda" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(
        /onnxruntime_providers_cuda.*ONNX Runtime: .*pip download --no-deps onnxruntime-gpu==\d+\.\d+\.\d+.*cuDNN/s,
      ),
    });
  },
);
