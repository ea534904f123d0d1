import { readFileSync } from "node:fs";
import { UserError } from "../../lib/core/user-error.ts";
import { readGraphSignature } from "../../model/graph-signature.ts";
import { type ModelDirectory, readModelDirectory } from "../../model/model-directory.ts";
import { openSession } from "../../model/open-session.ts";
import { promptFeeds } from "../../model/prompt-feeds.ts";
import { newColumnsAddition } from "./column-graph.ts";
import { OnnxDecoder } from "./onnx-decoder.ts";

/** From this version on Slice takes its bounds as inputs. */
const SLICE_OPSET = 10;

/** @throws UserError where the directory holds no model that can be served */
export async function openDecoder(
  directory: string,
  intraOpThreads: number,
): Promise<{ readonly decoder: OnnxDecoder; readonly model: ModelDirectory }> {
  const model = await readModelDirectory(directory);
  const { graphFile } = model;
  if (model.graph.opset < SLICE_OPSET) {
    throw new UserError(
      "bad-input",
      `${graphFile} uses opset ${model.graph.opset}; ${SLICE_OPSET} or later is needed: export it again (--opset 18)`,
    );
  }
  const request = {
    graphFile,
    weightsDirectory: model.directory,
    provider: "cpu",
    intraOpThreads,
  } as const;
  // What the graph has is known only once it is loaded: the first time as it is, then with what decoding adds to it.
  const plain = await openSession({
    ...request,
    graph: graphFile,
    tryOut: (session) => session.run(promptFeeds(readGraphSignature(session, model), [0, 0])),
  });
  const signature = readGraphSignature(plain.session, model);
  await plain.session.release();
  const { session } = await openSession({
    ...request,
    graph: Buffer.concat([readFileSync(graphFile), newColumnsAddition(signature)]),
    tryOut: (opened) => opened.run(promptFeeds(signature, [0, 0])),
  });
  return { decoder: new OnnxDecoder({ session, signature, graphFile }), model };
}
