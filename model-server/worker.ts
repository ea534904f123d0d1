import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../lib/core/user-error.ts";
import { BatchEngine } from "./engine/batch-engine.ts";
import type { EngineOptions, FromEngine, ToEngine } from "./engine/messages.ts";
import { openDecoder } from "./engine/open-decoder.ts";
import { Sequence } from "./engine/sequence.ts";

/** The thread that owns the model: a step blocks it for as long as it computes, and nothing else. */
const port = parentPort;
if (port === null) throw new Error("worker.ts runs in a worker thread");
const send = (message: FromEngine): void => port.postMessage(message);
const options: EngineOptions = workerData;

try {
  const { decoder, model } = await openDecoder(options.modelDirectory, options.intraOpThreads);
  const maxBatch = Math.min(options.maxBatch, decoder.maxRows);
  const engine = new BatchEngine(decoder, { ...options, maxBatch, send });
  const vocabulary = {
    eosTokenIds: model.config.eosTokenIds,
    decode: (ids: readonly number[]) => model.tokenizer.decode(ids, true),
  };
  port.on("message", (message: ToEngine) => {
    switch (message.kind) {
      case "generate":
        engine.add(new Sequence(message.id, message.prompt, message.parameters, vocabulary));
        return;
      case "abort":
        engine.abort(message.id);
        return;
      case "stop":
        void engine.stop().then(() => port.close());
        return;
      default:
        message satisfies never;
    }
  });
  send({ kind: "ready", maxBatch });
} catch (error) {
  send({
    kind: "unusable",
    message: error instanceof Error ? error.message : String(error),
    code: error instanceof UserError ? error.code : null,
  });
}
