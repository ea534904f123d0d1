import { readFileSync } from "node:fs";
import { UserError } from "../../lib/core/user-error.ts";
import type { ModelDirectory } from "../../model/model-directory.ts";
import { loadOnnxModel } from "../../model/onnx-model.ts";
import { openSession } from "../../model/open-session.ts";
import { promptFeeds } from "../../model/prompt-feeds.ts";
import { cacheLayout } from "./cache-layout.ts";
import { newColumnsAddition } from "./column-graph.ts";
import { OnnxDecoder } from "./onnx-decoder.ts";
import { decodesFaithfully } from "./padding-check.ts";

/** From this version on Slice takes its bounds as inputs. */
const SLICE_OPSET = 10;

/** Columns by which the cache of a padded batch grows. */
const PADDED = 16;
/** No padding: one sequence at a time. */
const UNPADDED = 1;

/**
 * A graph that can't be decoded in a padded batch gets a decoder of one row.
 *
 * @throws UserError where the directory holds no model that can be served
 */
export async function openDecoder(
  directory: string,
  intraOpThreads: number,
): Promise<{ readonly decoder: OnnxDecoder; readonly model: ModelDirectory }> {
  // What a graph has is known only once it is loaded: first as it is, then with what decoding adds to it.
  const model = await loadOnnxModel(directory, { provider: "cpu", intraOpThreads });
  await model.session.release();
  const { graphFile, signature } = model;
  if (model.graph.opset < SLICE_OPSET) {
    throw new UserError(
      "bad-input",
      `${graphFile} uses opset ${model.graph.opset}; ${SLICE_OPSET} or later is needed: export it again (--opset 18)`,
    );
  }
  const shape = cacheLayout(signature, graphFile);
  const { session } = await openSession({
    graph: Buffer.concat([readFileSync(graphFile), newColumnsAddition(signature)]),
    graphFile,
    weightsDirectory: model.directory,
    provider: "cpu",
    intraOpThreads,
    tryOut: (opened) => opened.run(promptFeeds(signature, [0, 0])),
  });
  for (const block of [PADDED, UNPADDED]) {
    const decoder = new OnnxDecoder(session, signature, { ...shape, block });
    if (await decodesFaithfully(decoder)) return { decoder, model };
  }
  throw new UserError(
    "bad-input",
    `${graphFile} gives other logits for a token read after its cache than for the same text read at once, so it can't be served`,
  );
}
