import type { EngineClient, SequenceEvent } from "./engine/engine-client.ts";
import type { GenerationParameters } from "./engine/generation-parameters.ts";
import type { GeneratedToken } from "./engine/sequence.ts";
import type { ScoredToken } from "./engine/token-scores.ts";
import type { ServedRequest } from "./request-log.ts";
import type { FinishedReason, GenerationMetrics, Occupancy } from "./server-metrics.ts";

export interface GenerationRequest {
  readonly requestId: string;
  readonly receivedMs: number;
  readonly prompt: readonly number[];
  readonly parameters: GenerationParameters;
}

/** Who asked: told of each token in the tick in which it is to be written. */
export interface GenerationSink {
  /** @param completionTokens tokens generated so far, this one included */
  readonly token: (generated: GeneratedToken, completionTokens: number) => void;
  /** Told before the first token where the parameters ask for the prompt's scores. */
  readonly prompt?: (scores: readonly (ScoredToken | null)[]) => void;
  readonly failed: (message: string) => void;
}

export interface GenerationServiceOptions {
  readonly engine: EngineClient;
  readonly createMetrics: (occupancy: () => Occupancy) => GenerationMetrics;
  /** Requests that may wait for a place in the batch. */
  readonly maxWaiting: number;
  /** Columns that the key-value cache may grow to: the most sequences times the longest. */
  readonly cacheColumns: number;
  readonly onRequestEnd: (request: ServedRequest) => void;
}

/** A request on its way, as the metrics and the log will tell it. */
interface Account {
  readonly request: GenerationRequest;
  startedMs: number | null;
  readonly flushMs: number[];
}

/** What every surface has in common: the queue, and the account of each request in metrics and log. */
export class GenerationService {
  readonly metrics: GenerationMetrics;
  readonly #options: GenerationServiceOptions;
  #waiting = 0;
  #running = 0;

  constructor(options: GenerationServiceOptions) {
    this.#options = options;
    this.metrics = options.createMetrics(() => this.occupancy);
    options.engine.observeSteps(({ tokensRead, cachedColumns }) =>
      this.metrics.step(tokensRead, cachedColumns / options.cacheColumns),
    );
  }

  get occupancy(): Occupancy {
    return { running: this.#running, waiting: this.#waiting };
  }

  /** Those that wait and those that are decoded. */
  get maxConcurrentRequests(): number {
    const { maxWaiting, engine } = this.#options;
    return maxWaiting + engine.maxBatch;
  }

  /** Why nothing can be generated any more, or `null`. */
  get failure(): string | null {
    return this.#options.engine.failure;
  }

  /** Whether the queue has a place left; where it has none the attempt is counted. */
  admits(): boolean {
    if (this.#waiting < this.#options.maxWaiting) return true;
    this.metrics.rejected();
    return false;
  }

  /** Queues a request. The function returned takes it back: nothing more is told to the sink. */
  generate(request: GenerationRequest, sink: GenerationSink): () => void {
    const account: Account = { request, startedMs: null, flushMs: [] };
    this.#waiting++;
    const { engine } = this.#options;
    const id = engine.generate(request.prompt, request.parameters, (event) =>
      this.#follow(account, event, sink),
    );
    return () => {
      if (engine.abort(id)) this.#end(account, "abort");
    };
  }

  #follow(account: Account, event: SequenceEvent, sink: GenerationSink): void {
    switch (event.kind) {
      case "started":
        this.#waiting--;
        this.#running++;
        account.startedMs = performance.now();
        this.metrics.started(account.startedMs - account.request.receivedMs);
        return;
      case "token":
        this.#countToken(account);
        sink.token(event.generated, account.flushMs.length);
        if (event.generated.finish !== null) this.#end(account, event.generated.finish.reason);
        return;
      case "prompt":
        sink.prompt?.(event.scores);
        return;
      case "failed":
        sink.failed(event.message);
        this.#end(account, "error");
        return;
      default:
        event satisfies never;
    }
  }

  #countToken({ request, flushMs }: Account): void {
    const now = performance.now();
    const before = flushMs.at(-1);
    flushMs.push(now);
    if (before === undefined) {
      this.metrics.firstToken(now - request.receivedMs, request.prompt.length);
    } else this.metrics.laterToken(now - before);
  }

  #end({ request, startedMs, flushMs }: Account, outcome: FinishedReason): void {
    if (startedMs === null) this.#waiting--;
    else this.#running--;
    const { requestId, receivedMs, prompt } = request;
    this.metrics.finished(outcome, prompt.length, receivedMs, flushMs);
    this.#options.onRequestEnd({
      id: requestId,
      timeOriginMs: performance.timeOrigin,
      receivedMs,
      startedMs,
      flushMs,
      endedMs: performance.now(),
      promptTokens: prompt.length,
      outcome,
    });
  }
}
