import { z } from "zod";
import { digestSchema } from "./shared-schemas.ts";

/**
 * `quality/<id>/quality.json`: the perplexity of one model on one text, and its per-token NLLs, so that variants can
 * be compared token by token: only paired differences resolve a good int4 from fp32 (docs/metrics.md).
 */
export const qualityFileSchema = z.object({
  kind: z.literal("quality"),
  version: z.literal(1),
  id: z.string(),
  createdAt: z.iso.datetime(),
  /** Name of the variant; joins runs whose label `variant` is the same where no digest tells. */
  variant: z.string(),
  labels: z.record(z.string(), z.string()),
  /** Digest of the model's files, the key that joins runs. */
  artifact: digestSchema,
  modelBytes: z.number().int().positive(),
  protocol: z.literal("strided"),
  windowTokens: z.number().int().positive(),
  strideTokens: z.number().int().positive(),
  /** Whether a BOS token was put before the text. */
  bos: z.boolean(),
  tokenizerDigest: digestSchema,
  text: z.object({
    file: z.string(),
    digest: digestSchema,
    bytes: z.number().int().positive(),
    tokens: z.number().int().positive(),
  }),
  provider: z.object({ asked: z.enum(["cpu", "cuda", "auto"]), used: z.enum(["cpu", "cuda"]) }),
  scoredTokens: z.number().int().positive(),
  sumNll: z.number(),
  perplexity: z.number(),
  /** Of the scored tokens' own bytes: comparable across tokenizers. */
  bitsPerByte: z.number(),
  /**
   * Standard error of the mean NLL, tokens taken as independent: too small where text is correlated, said so. `null` where
   * one token alone was scored.
   */
  meanNllStandardError: z.number().nullable(),
  /** NLL of each scored token in nats, in text order: little-endian float32, base64. */
  nlls: z.object({ encoding: z.literal("f32le-base64"), data: z.string() }),
  elapsedSeconds: z.number(),
  versions: z.object({ tradeoff: z.string(), onnxruntime: z.string(), node: z.string() }),
});

export type QualityFile = z.infer<typeof qualityFileSchema>;
