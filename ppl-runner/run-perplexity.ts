import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import { type ModelDirectory, readModelDirectory } from "../model/model-directory.ts";
import { ONNXRUNTIME_VERSION, type ProviderChoice } from "../model/open-session.ts";
import { writeJsonAtomic } from "../records/atomic-file.ts";
import { encodeNlls } from "../records/nll-series.ts";
import type { QualityFile } from "../records/quality.ts";
import { bitsPerByte, meanStandardError } from "./quality-figures.ts";
import { prepareResultPlace } from "./result-place.ts";
import { type ScoringProgress, scoreText } from "./score-text.ts";
import { readTextSource } from "./text-source.ts";
import { openTokenScorer } from "./token-scorer.ts";

export interface PerplexityRequest {
  readonly modelDirectory: string;
  readonly textFile: string;
  /** L of the `strided` protocol. */
  readonly windowTokens: number;
  /** S of the `strided` protocol. */
  readonly strideTokens: number;
  readonly provider: ProviderChoice;
  /** Folder of the suite; the result goes to `quality/<id>/quality.json` in it. */
  readonly outDirectory: string;
  /** What `variant.json` or the directory is called unless given. */
  readonly variant?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** This program's. */
  readonly version: string;
  /** Threads that compute one operator; ONNX Runtime takes one a physical core unless told. */
  readonly intraOpThreads?: number;
  readonly onProgress?: (progress: ScoringProgress) => void;
  /** Stops after the window that is being computed; nothing is written then. */
  readonly signal?: AbortSignal;
}

export interface PerplexityResult {
  readonly file: QualityFile;
  /** Where `quality.json` lies. */
  readonly directory: string;
}

/**
 * Measures the perplexity of a model on a text by the `strided` protocol (docs/quality.md) and writes it down. The same
 * measurement made again takes the place of the one before.
 *
 * @throws UserError `bad-input`, `unavailable` (CUDA) or `interrupted`; nothing is written then
 */
export async function runPerplexity(request: PerplexityRequest): Promise<PerplexityResult> {
  checkProtocol(request);
  const text = readTextSource(resolve(request.textFile));
  const model = await readModelDirectory(request.modelDirectory);
  checkContext(request, model);
  const stream = model.tokenizer.encodeStream(text.text);
  if (stream.ids.length < 2) {
    throw new UserError(
      "bad-input",
      `${text.file} is ${stream.ids.length} token to ${model.name}; at least 2 are needed: the first one has nothing before it`,
    );
  }
  const variant = request.variant ?? model.variant?.name ?? model.name;
  const id = qualityId(request, variant, model, text.digest);
  const directory = join(resolve(request.outDirectory), "quality", id);
  const place = prepareResultPlace(directory);
  try {
    const scorer = await openTokenScorer(model, request);
    const startedAt = performance.now();
    const scored = await scoreText(scorer, stream.ids, {
      windowTokens: request.windowTokens,
      strideTokens: request.strideTokens,
      onProgress: request.onProgress ?? (() => {}),
      signal: request.signal ?? new AbortController().signal,
    }).finally(() => scorer.release());
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const file: QualityFile = {
      kind: "quality",
      version: 1,
      id,
      createdAt: new Date().toISOString(),
      variant,
      labels: { ...request.labels },
      artifact: model.digest,
      modelBytes: model.modelBytes,
      protocol: "strided",
      windowTokens: request.windowTokens,
      strideTokens: request.strideTokens,
      bos: stream.prefixTokens > 0,
      tokenizerDigest: model.tokenizerDigest,
      text: {
        file: text.file,
        digest: text.digest,
        bytes: text.bytes,
        tokens: stream.ids.length,
      },
      provider: { asked: request.provider, used: scorer.provider },
      scoredTokens: scored.nlls.length,
      sumNll: scored.sumNll,
      perplexity: perplexityOf(scored.sumNll / scored.nlls.length),
      bitsPerByte: bitsPerByte(scored, stream.bytes, text.bytes),
      meanNllStandardError: meanStandardError(scored.nlls),
      nlls: encodeNlls(scored.nlls),
      elapsedSeconds,
      versions: {
        tradeoff: request.version,
        onnxruntime: ONNXRUNTIME_VERSION,
        node: process.versions.node,
      },
    };
    writeJsonAtomic(join(directory, "quality.json"), file);
    return { file, directory };
  } catch (error) {
    place.abandon();
    throw error;
  }
}

function checkProtocol({ windowTokens, strideTokens }: PerplexityRequest): void {
  if (!Number.isInteger(windowTokens) || windowTokens < 2) {
    throw new UserError(
      "bad-input",
      `window: found ${windowTokens}; allowed: a whole number of tokens from 2`,
    );
  }
  if (!Number.isInteger(strideTokens) || strideTokens < 1 || strideTokens > windowTokens) {
    throw new UserError(
      "bad-input",
      `stride: found ${strideTokens}; allowed: 1 to ${windowTokens}, the window (a larger one would leave tokens out)`,
    );
  }
}

function checkContext({ windowTokens }: PerplexityRequest, model: ModelDirectory): void {
  const { maxLength } = model.config;
  if (maxLength !== null && windowTokens > maxLength) {
    throw new UserError(
      "bad-input",
      `window: found ${windowTokens}; allowed: 2 to ${maxLength}, the longest sequence that ${model.name} was made for ` +
        "(max_position_embeddings in its config.json)",
    );
  }
}

/** The same for the same measurement, so that one made again is not counted twice. */
function qualityId(
  request: PerplexityRequest,
  variant: string,
  model: ModelDirectory,
  textDigest: string,
): string {
  const name = variant.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "") || "model";
  const what = [variant, model.digest, textDigest, request.provider].join("\n");
  const key = createHash("sha256").update(what).digest("hex").slice(0, 8);
  return `${name}-w${request.windowTokens}-s${request.strideTokens}-${key}`;
}

/** exp of the mean NLL in nats. */
function perplexityOf(meanNll: number): number {
  const perplexity = Math.exp(meanNll);
  if (Number.isFinite(perplexity)) return perplexity;
  throw new UserError(
    "bad-input",
    `the mean NLL is ${meanNll} nat a token: beyond any perplexity; the model's weights are damaged`,
  );
}
