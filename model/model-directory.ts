import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import { type ChatSettings, readChatSettings } from "./chat-settings.ts";
import { type ModelConfig, parseModelConfig } from "./model-config.ts";
import { digestModelFiles } from "./model-digest.ts";
import { missingModelFile, readModelFile, readOptionalModelFile } from "./model-file.ts";
import { createModelTokenizer, type ModelTokenizer } from "./model-tokenizer.ts";
import { type OnnxFileFacts, readOnnxFacts } from "./onnx-file.ts";
import { readVariantInfo, type VariantInfo } from "./variant-info.ts";

/** An ONNX model directory as `optimum-cli export onnx` writes it, all but the running graph. */
export interface ModelDirectory {
  /** Absolute. */
  readonly directory: string;
  /** The directory's name. */
  readonly name: string;
  /** Digest of `model.onnx`, its weight files, `config.json` and `tokenizer.json`: the key that joins results. */
  readonly digest: string;
  /** Digest of `tokenizer.json` alone: per-token results of two models can be paired if it is the same. */
  readonly tokenizerDigest: string;
  /** Size of the graph and its weights. */
  readonly modelBytes: number;
  /** Path of `model.onnx`. */
  readonly graphFile: string;
  readonly graph: OnnxFileFacts;
  readonly config: ModelConfig;
  readonly tokenizer: ModelTokenizer;
  readonly chat: ChatSettings;
  readonly variant: VariantInfo | null;
}

const GRAPH = "model.onnx";

export const DECODER_CONVENTION =
  "expected a decoder as `optimum-cli export onnx --task text-generation-with-past` writes it: input_ids, " +
  "attention_mask, position_ids and past_key_values.N.key|value (the last three as the model needs) to logits and present.N.key|value";

/**
 * Reads and checks a model directory; the graph is not loaded. A 10 GB model takes some seconds: its digest is made.
 *
 * @throws UserError naming the file, what was found and what is expected
 */
export async function readModelDirectory(path: string): Promise<ModelDirectory> {
  const directory = resolve(path);
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined) throw new UserError("bad-input", `no model directory ${directory}`);
  if (!found.isDirectory()) {
    throw new UserError(
      "bad-input",
      `${directory} is a file; expected a directory that holds ${GRAPH}`,
    );
  }
  const graphFile = join(directory, GRAPH);
  if (fileBytes(graphFile) === null) throw missingModelFile(directory, GRAPH);
  const settings = readOptionalModelFile(directory, "tokenizer_config.json");
  const tokenizerFile = readModelFile(directory, "tokenizer.json");
  const config = parseModelConfig(
    readModelFile(directory, "config.json"),
    readOptionalModelFile(directory, "generation_config.json"),
  );
  const tokenizer = createModelTokenizer(tokenizerFile, settings);
  if (tokenizer.size > config.vocabularySize) {
    throw tokenizerFile.error(
      `gives ids up to ${tokenizer.size - 1}, but vocab_size in config.json is ${config.vocabularySize}: ` +
        "the tokenizer is another model's",
    );
  }
  const graph = readOnnxFacts(graphFile);
  requireName(graphFile, "input", "input_ids", graph.inputs);
  requireName(graphFile, "output", "logits", graph.outputs);
  let modelBytes = graph.bytes;
  for (const name of graph.externalData) {
    const bytes = fileBytes(join(directory, name));
    if (bytes === null) {
      throw new UserError(
        "bad-input",
        `${directory} has no ${name}, which holds weights of ${GRAPH}`,
      );
    }
    modelBytes += bytes;
  }
  return {
    directory,
    name: basename(directory),
    digest: await digestModelFiles(directory, [
      GRAPH,
      ...graph.externalData,
      "config.json",
      "tokenizer.json",
    ]),
    tokenizerDigest: await digestModelFiles(directory, ["tokenizer.json"]),
    modelBytes,
    graphFile,
    graph,
    config,
    tokenizer,
    chat: readChatSettings(directory, settings),
    variant: readVariantInfo(directory),
  };
}

function requireName(
  file: string,
  kind: "input" | "output",
  name: string,
  found: readonly string[],
): void {
  if (found.includes(name)) return;
  const some = found.slice(0, 4).join(", ");
  throw new UserError(
    "bad-input",
    `${file} has no ${kind} ${name} (it has ${some}); ${DECODER_CONVENTION}`,
  );
}

/** `null` where there is no such file. */
function fileBytes(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : null;
}
