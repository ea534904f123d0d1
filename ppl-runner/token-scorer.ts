import { readFileSync } from "node:fs";
import type { InferenceSession } from "onnxruntime-node";
import { UserError } from "../lib/core/user-error.ts";
import { readGraphSignature } from "../model/graph-signature.ts";
import type { ModelDirectory } from "../model/model-directory.ts";
import { openSession, type ProviderChoice, type UsedProvider } from "../model/open-session.ts";
import { int64, promptFeeds } from "../model/prompt-feeds.ts";
import { LABELS, LOSS_OPSET, lossGraphAddition, TOKEN_LOGPROB } from "./loss-graph.ts";

/** A model that tells how likely it finds each token of a sequence. */
export interface TokenScorer {
  readonly provider: UsedProvider;
  /** ln of the probability of each token but the first, given all before it: one number fewer than ids. */
  readonly logProbabilities: (ids: readonly number[]) => Promise<Float32Array>;
  readonly release: () => Promise<void>;
}

/** @throws UserError where the model can't be run, and where CUDA is asked for and isn't to be had */
export async function openTokenScorer(
  model: ModelDirectory,
  options: { readonly provider: ProviderChoice; readonly intraOpThreads?: number },
): Promise<TokenScorer> {
  if (model.graph.opset < LOSS_OPSET) {
    throw new UserError(
      "bad-input",
      `${model.graphFile} uses opset ${model.graph.opset}; ${LOSS_OPSET} or later is needed: export it again (--opset 18)`,
    );
  }
  const scorerOf = (session: InferenceSession): TokenScorer["logProbabilities"] => {
    const signature = readGraphSignature(session, model, [LABELS]);
    return async (ids) => {
      // Nothing follows the last token: its label is any, and its answer is dropped.
      const labels = int64([...ids.slice(1), 0], [1, ids.length]);
      const feeds = { ...promptFeeds(signature, ids), [LABELS]: labels };
      const { data } = (await session.run(feeds, [TOKEN_LOGPROB]))[TOKEN_LOGPROB] ?? {};
      if (data instanceof Float32Array) return data.subarray(0, ids.length - 1);
      throw new TypeError(`${TOKEN_LOGPROB} is no float32`);
    };
  };
  const { session, provider } = await openSession({
    ...options,
    graph: Buffer.concat([readFileSync(model.graphFile), lossGraphAddition()]),
    graphFile: model.graphFile,
    weightsDirectory: model.directory,
    tryOut: (opened) => scorerOf(opened)([0, 0]),
  });
  return {
    provider,
    logProbabilities: scorerOf(session),
    release: () => session.release(),
  };
}
