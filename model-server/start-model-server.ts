import { readModelDirectory } from "../model/model-directory.ts";
import { createChatTemplate } from "./chat-template.ts";
import { EngineClient } from "./engine/engine-client.ts";
import { GenerationService } from "./generation-service.ts";
import { createHttpServer } from "./http/http-server.ts";
import { listen } from "./http/listen.ts";
import { openAiRoutes } from "./http/openai-surface.ts";
import { statusRoutes } from "./http/status-routes.ts";
import { tgiOpenAiRoutes } from "./http/tgi-openai-surface.ts";
import { tgiRoutes } from "./http/tgi-surface.ts";
import { tritonRoutes } from "./http/triton-surface.ts";
import { openRequestLog, type ServedRequest } from "./request-log.ts";
import { createTokenLookup, type ServedModel } from "./served-model.ts";
import { ServerMetrics } from "./server-metrics.ts";
import { TgiMetrics } from "./tgi-metrics.ts";

export const DIALECTS = ["vllm", "tgi"] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface ModelServerOptions {
  /** An ONNX directory as `optimum-cli export onnx` writes it. */
  readonly modelDirectory: string;
  /** Whose `/v1/*` and `/metrics` these are (`vllm`); the paths of TGI's own API and of Triton's are there in either. */
  readonly dialect?: Dialect;
  /** 0: any free one. */
  readonly port: number;
  /** `127.0.0.1` unless given. */
  readonly host?: string;
  /** The directory's name unless given. */
  readonly servedModelName?: string;
  /** Sequences decoded together (32); more wait, first come first served. */
  readonly maxBatch?: number;
  /** Threads that compute one step (1). */
  readonly intraOpThreads?: number;
  /** Requests that may wait (4096); one more is refused with 429. */
  readonly maxWaiting?: number;
  /** Where given, `/v1/*` and whatever generates wants `Authorization: Bearer <apiKey>`. */
  readonly apiKey?: string;
  /** Appends a line of JSON a request, with each token's flush time. */
  readonly requestLog?: string;
  readonly onRequestEnd?: (request: ServedRequest) => void;
  /** The engine's thread, where it does not lie beside the running file. */
  readonly workerUrl?: URL;
}

export interface ModelServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly model: string;
  readonly digest: string;
  /** As asked for; 1 for a graph that can't be decoded in a padded batch, such as one without `position_ids`. */
  readonly maxBatch: number;
  /** Stops listening, tells requests that are not over so, and ends the thread. */
  readonly close: () => Promise<void>;
}

/** Prompt tokens read between two steps: some 40 ms with the bundled models, an answer's worst gap. */
const PREFILL_BUDGET = 256;

/** Context window of a model that sets itself none: memory has to end somewhere. */
const UNBOUNDED_MODEL_LENGTH = 4096;

/**
 * Loads a model and serves it as vLLM, TGI and Triton do.
 *
 * @throws UserError where the model can't be served or the port can't be listened on
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { directory, name, digest, config, tokenizer, chat } = await readModelDirectory(
    options.modelDirectory,
  );
  const model: ServedModel = {
    name: options.servedModelName ?? name,
    directory,
    digest,
    maxLength: config.maxLength ?? UNBOUNDED_MODEL_LENGTH,
    vocabularySize: config.vocabularySize,
    encode: tokenizer.encode,
    decode: (ids) => tokenizer.decode(ids, false),
    tokenInfo: createTokenLookup(tokenizer),
    chatTemplate: createChatTemplate(chat.template, chat.specialTokens, directory),
  };
  const engine = await EngineClient.start({
    workerUrl: options.workerUrl ?? new URL("./model-server-worker.js", import.meta.url),
    engine: {
      modelDirectory: directory,
      maxBatch: options.maxBatch ?? 32,
      intraOpThreads: options.intraOpThreads ?? 1,
      prefillBudget: PREFILL_BUDGET,
    },
  });
  const log = options.requestLog === undefined ? null : await openRequestLog(options.requestLog);
  const dialect = options.dialect ?? "vllm";
  const service = new GenerationService({
    engine,
    createMetrics: (occupancy) =>
      dialect === "tgi"
        ? new TgiMetrics(model.maxLength, occupancy)
        : new ServerMetrics(model.name, occupancy),
    maxWaiting: options.maxWaiting ?? 4096,
    cacheColumns: engine.maxBatch * model.maxLength,
    onRequestEnd: (request) => {
      log?.write(request);
      options.onRequestEnd?.(request);
    },
  });
  const routes = [
    ...(dialect === "tgi" ? tgiOpenAiRoutes(model, service) : openAiRoutes(model, service)),
    ...tgiRoutes(model, service),
    ...tritonRoutes(model, service),
    ...statusRoutes(service),
  ];
  const server = createHttpServer(routes, options.apiKey ?? null);
  const host = options.host ?? "127.0.0.1";
  const port = await listen(server, host, options.port).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  return {
    url: `http://${host}:${port}`,
    port,
    model: model.name,
    digest: model.digest,
    maxBatch: engine.maxBatch,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await engine.stop();
      server.closeIdleConnections();
      // Answers have been ended; who does not read the end of theirs is cut off.
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(timer);
      await log?.close();
    },
  };
}

const DRAIN_MS = 1_000;
