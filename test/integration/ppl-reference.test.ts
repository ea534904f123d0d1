import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { runPerplexity } from "../../ppl-runner/run-perplexity.ts";
import { REPOSITORY } from "../support/temporary-project.ts";

/** Made by model-server/training/reference_perplexity.py: PyTorch and transformers in fp32 for the fp16 variants. */
const reference = z
  .object({
    window: z.number(),
    stride: z.number(),
    scoredTokens: z.number(),
    text: z.object({ sha256: z.string() }),
    variants: z.record(z.string(), z.object({ ppl: z.number(), modelSha256: z.string() })),
  })
  .parse(
    JSON.parse(readFileSync(join(REPOSITORY, "test/fixtures/reference-perplexity.json"), "utf8")),
  );

const out = mkdtempSync(join(tmpdir(), "ppl-reference-"));
afterAll(() => rmSync(out, { recursive: true }));

test.each(Object.entries(reference.variants))(
  "%s is the model that the reference was made with",
  (variant, { modelSha256 }) => {
    const model = readFileSync(join(REPOSITORY, "model-server/models", variant, "model.onnx"));
    expect(createHash("sha256").update(model).digest("hex")).toBe(modelSha256);
  },
);

test.each(["mini-fp16", "base-fp16"])(
  "%s has the perplexity that transformers gives it",
  async (variant) => {
    const { file } = await runPerplexity({
      modelDirectory: join(REPOSITORY, "model-server/models", variant),
      textFile: join(REPOSITORY, "data/sotu-heldout.txt"),
      windowTokens: reference.window,
      strideTokens: reference.stride,
      provider: "cpu",
      outDirectory: out,
      labels: {},
      version: "0.0.0",
    });
    const expected = reference.variants[variant]?.ppl ?? Number.NaN;
    expect(file.text.digest).toBe(`sha256:${reference.text.sha256}`);
    expect(file.scoredTokens).toBe(reference.scoredTokens);
    expect(Math.abs(file.perplexity / expected - 1)).toBeLessThan(1e-3);
  },
  // Reads 107,000 tokens: half a minute of CPU time, several of a machine that does much else.
  600_000,
);
