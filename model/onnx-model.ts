import type { InferenceSession } from "onnxruntime-node";
import { type GraphSignature, readGraphSignature } from "./graph-signature.ts";
import { type ModelDirectory, readModelDirectory } from "./model-directory.ts";
import { openSession, type ProviderChoice, type UsedProvider } from "./open-session.ts";
import { promptFeeds } from "./prompt-feeds.ts";

export interface LoadOptions {
  readonly provider: ProviderChoice;
  /** Threads that compute one operator; ONNX Runtime takes one a physical core unless told. */
  readonly intraOpThreads?: number;
}

/** A model directory whose graph is ready to run. */
export interface OnnxModel extends ModelDirectory {
  readonly session: InferenceSession;
  readonly signature: GraphSignature;
  readonly provider: { readonly asked: ProviderChoice; readonly used: UsedProvider };
}

/**
 * Loads a model directory as `optimum-cli export onnx` writes it.
 *
 * @throws UserError `bad-input` naming the file, what was found and what is expected; `unavailable` where CUDA is asked for
 * and isn't to be had
 */
export async function loadOnnxModel(directory: string, options: LoadOptions): Promise<OnnxModel> {
  const model = await readModelDirectory(directory);
  const { session, provider } = await openSession({
    ...options,
    graph: model.graphFile,
    graphFile: model.graphFile,
    tryOut: (opened) => opened.run(promptFeeds(readGraphSignature(opened, model), [0, 0])),
  });
  return {
    ...model,
    session,
    signature: readGraphSignature(session, model),
    provider: { asked: options.provider, used: provider },
  };
}
