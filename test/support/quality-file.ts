import { encodeNlls } from "../../records/nll-series.ts";
import type { QualityFile } from "../../records/quality.ts";

/** The `quality.json` of a model whose tokens have these NLLs, with what a test cares for changed. */
export function qualityFile(
  nlls: readonly number[],
  change: Partial<QualityFile> = {},
): QualityFile {
  const digest = `sha256:${"0".repeat(64)}`;
  const sumNll = nlls.reduce((sum, nll) => sum + nll, 0);
  return {
    kind: "quality",
    version: 1,
    id: "quality",
    createdAt: "2026-11-24T08:00:00.000Z",
    variant: "m",
    labels: {},
    artifact: digest,
    modelBytes: 1,
    protocol: "strided",
    windowTokens: 256,
    strideTokens: 128,
    bos: false,
    tokenizerDigest: digest,
    text: { file: "text.txt", digest, bytes: 4 * nlls.length, tokens: nlls.length + 1 },
    provider: { asked: "cpu", used: "cpu" },
    scoredTokens: nlls.length,
    sumNll,
    perplexity: Math.exp(sumNll / nlls.length),
    bitsPerByte: sumNll / Math.LN2 / (4 * nlls.length),
    meanNllStandardError: null,
    nlls: encodeNlls(Float32Array.from(nlls)),
    elapsedSeconds: 1,
    versions: { tradeoff: "0.1.0", onnxruntime: "1.30.0", node: "20.20.0" },
    ...change,
  };
}
