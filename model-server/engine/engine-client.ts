import { Worker } from "node:worker_threads";
import { UserError } from "../../lib/core/user-error.ts";
import type { GenerationParameters } from "./generation-parameters.ts";
import type { EngineOptions, FromEngine, ToEngine } from "./messages.ts";
import type { GeneratedToken } from "./sequence.ts";
import type { ScoredToken } from "./token-scores.ts";

export type SequenceEvent =
  | { readonly kind: "started" }
  /** Before the first token, where they were asked for. */
  | { readonly kind: "prompt"; readonly scores: readonly (ScoredToken | null)[] }
  | { readonly kind: "token"; readonly generated: GeneratedToken }
  /** The model or its thread failed; no more events come. */
  | { readonly kind: "failed"; readonly message: string };

/** What the engine did in one step, for the metrics. */
export interface EngineStep {
  readonly tokensRead: number;
  readonly cachedColumns: number;
}

export interface EngineClientOptions {
  readonly workerUrl: URL;
  readonly engine: EngineOptions;
}

/** How long a thread may take to end by itself: at most the step that it is computing. */
const STOP_MS = 2_000;

/** The HTTP side's hold on the thread that computes, so that events are written while the model works. */
export class EngineClient {
  /** Sequences that are decoded together. */
  readonly maxBatch: number;
  readonly #worker: Worker;
  readonly #listeners = new Map<number, (event: SequenceEvent) => void>();
  #onStep: (step: EngineStep) => void = () => {};
  #nextId = 1;
  #failure: string | null = null;
  #exited = false;

  private constructor(worker: Worker, maxBatch: number) {
    this.#worker = worker;
    this.maxBatch = maxBatch;
    worker.on("message", (message: FromEngine) => this.#receive(message));
    worker.on("error", (error) => this.#fail(`the engine's thread failed: ${error.message}`));
    worker.on("exit", (code) => {
      this.#exited = true;
      this.#fail(`the engine's thread ended with code ${code}`);
    });
  }

  /**
   * Starts the thread and waits until the model is loaded.
   *
   * @throws UserError where the model can't be served
   */
  static async start({ workerUrl, engine }: EngineClientOptions): Promise<EngineClient> {
    const worker = new Worker(workerUrl, { workerData: engine });
    return new EngineClient(worker, await readiness(worker));
  }

  /** Why nothing can be generated any more, or `null`. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Has `observe` told of every step from now on. */
  observeSteps(observe: (step: EngineStep) => void): void {
    this.#onStep = observe;
  }

  /** Queues a sequence; `listener` is told of each token as it comes. Returns the id to abort it by. */
  generate(
    prompt: readonly number[],
    parameters: GenerationParameters,
    listener: (event: SequenceEvent) => void,
  ): number {
    const id = this.#nextId++;
    if (this.#failure !== null) {
      const message = this.#failure;
      queueMicrotask(() => listener({ kind: "failed", message }));
      return id;
    }
    this.#listeners.set(id, listener);
    this.#post({ kind: "generate", id, prompt, parameters });
    return id;
  }

  /** No more events come for this sequence. False for one that is over already. */
  abort(id: number): boolean {
    if (!this.#listeners.delete(id)) return false;
    this.#post({ kind: "abort", id });
    return true;
  }

  /** Ends the thread; sequences that are not over are told so. */
  async stop(): Promise<void> {
    this.#fail("the server is shutting down");
    if (this.#exited) return;
    const exited = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
    this.#post({ kind: "stop" });
    const timer = setTimeout(() => void this.#worker.terminate(), STOP_MS);
    await exited;
    clearTimeout(timer);
  }

  #receive(message: FromEngine): void {
    switch (message.kind) {
      case "tokens":
        for (const { id, ...generated } of message.events) {
          const listener = this.#listeners.get(id);
          if (generated.finish !== null) this.#listeners.delete(id);
          listener?.({ kind: "token", generated });
        }
        this.#onStep(message);
        return;
      case "started":
        this.#listeners.get(message.id)?.({ kind: "started" });
        return;
      case "prompt":
        this.#listeners.get(message.id)?.({ kind: "prompt", scores: message.scores });
        return;
      case "failed":
        for (const id of message.ids) this.#failOne(id, message.message);
        return;
      case "ready":
      case "unusable":
        return;
      default:
        message satisfies never;
    }
  }

  #fail(message: string): void {
    this.#failure ??= message;
    for (const id of [...this.#listeners.keys()]) this.#failOne(id, message);
  }

  #failOne(id: number, message: string): void {
    const listener = this.#listeners.get(id);
    this.#listeners.delete(id);
    listener?.({ kind: "failed", message });
  }

  #post(message: ToEngine): void {
    this.#worker.postMessage(message);
  }
}

/** @returns the sequences that it decodes together */
function readiness(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    const ended = (code: number): void => {
      reject(new Error(`the engine's thread ended with code ${code} before it was ready`));
    };
    worker.once("error", reject);
    worker.once("exit", ended);
    worker.once("message", (message: FromEngine) => {
      worker.off("error", reject);
      worker.off("exit", ended);
      if (message.kind === "ready") resolve(message.maxBatch);
      else if (message.kind !== "unusable") reject(new Error(`not ready: ${message.kind}`));
      else reject(new UserError(message.code ?? "bad-input", message.message));
    });
  });
}
