import type { Decoder } from "./decoder.ts";
import type { FromEngine, TokenEvent } from "./messages.ts";
import type { Sequence } from "./sequence.ts";

export interface BatchEngineOptions {
  /** Sequences computed together; more wait, first come first served. */
  readonly maxBatch: number;
  /**
   * Prompt tokens read between two steps of the running batch, at least one whole prompt: bounds how long those who
   * already stream wait for those who join.
   */
  readonly prefillBudget: number;
  readonly send: (message: FromEngine) => void;
}

interface Row {
  readonly sequence: Sequence;
  /** The token that the next step reads. */
  nextToken: number;
}

/**
 * Iteration-level batching (Orca, OSDI 2022): after every step finished sequences leave and waiting ones join, so a
 * request never waits for a batch to be over. `row` n of the decoder is `#rows[n]`.
 */
export class BatchEngine {
  readonly #decoder: Decoder;
  readonly #options: BatchEngineOptions;
  readonly #waiting: Sequence[] = [];
  readonly #rows: Row[] = [];
  readonly #aborted = new Set<number>();
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(decoder: Decoder, options: BatchEngineOptions) {
    this.#decoder = decoder;
    this.#options = options;
  }

  add(sequence: Sequence): void {
    this.#waiting.push(sequence);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Ends after the step that is being computed; what is not over is dropped. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Takes effect before the next step; a sequence that is over already is not missed. */
  abort(id: number): void {
    const queued = this.#waiting.findIndex((sequence) => sequence.id === id);
    if (queued >= 0) this.#waiting.splice(queued, 1);
    else if (this.#running !== null) this.#aborted.add(id);
  }

  async #run(): Promise<void> {
    while (!this.#stopped && (this.#waiting.length > 0 || this.#rows.length > 0)) {
      try {
        this.#removeAborted();
        await this.#admit();
        this.#removeAborted();
        await this.#step();
      } catch (error) {
        this.#fail(messageOf(error));
      }
    }
    this.#aborted.clear();
  }

  #removeAborted(): void {
    if (this.#aborted.size === 0) return;
    for (let row = this.#rows.length - 1; row >= 0; row--) {
      const id = this.#rows[row]?.sequence.id;
      if (id !== undefined && this.#aborted.has(id)) this.#leave(row);
    }
    this.#aborted.clear();
  }

  async #admit(): Promise<void> {
    let budget = this.#options.prefillBudget;
    while (this.#rows.length < this.#options.maxBatch) {
      const sequence = this.#waiting[0];
      const first = budget === this.#options.prefillBudget;
      if (sequence === undefined || (!first && sequence.prompt.length > budget)) return;
      this.#waiting.shift();
      budget -= sequence.prompt.length;
      await this.#prefill(sequence);
    }
  }

  /** Prompts are read alone: no padding to compute, and no row of the attention that sees padding only. */
  async #prefill(sequence: Sequence): Promise<void> {
    this.#options.send({ kind: "started", id: sequence.id });
    try {
      const prompt = await this.#decoder.prefill(sequence.prompt);
      const scores = sequence.scorePrompt(prompt.allLogits);
      if (scores !== null) this.#options.send({ kind: "prompt", id: sequence.id, scores });
      const generated = sequence.next(prompt.logits);
      if (generated.finish === null) {
        this.#decoder.join(prompt);
        this.#rows.push({ sequence, nextToken: generated.token });
      }
      this.#sendTokens([{ id: sequence.id, ...generated }], prompt.tokens);
    } catch (error) {
      this.#options.send({ kind: "failed", ids: [sequence.id], message: messageOf(error) });
    }
  }

  async #step(): Promise<void> {
    if (this.#rows.length === 0) return;
    const logits = await this.#decoder.step(this.#rows.map((row) => row.nextToken));
    const events: TokenEvent[] = [];
    const over: number[] = [];
    this.#rows.forEach((row, index) => {
      const rowLogits = logits[index];
      if (rowLogits === undefined)
        throw new RangeError(`the model gave no logits for row ${index}`);
      const generated = row.sequence.next(rowLogits);
      row.nextToken = generated.token;
      if (generated.finish !== null) over.push(index);
      events.push({ id: row.sequence.id, ...generated });
    });
    const tokensRead = this.#rows.length;
    // From the last row down, so that the row which takes a leaving one's place stays itself.
    for (const index of over.reverse()) this.#leave(index);
    this.#sendTokens(events, tokensRead);
  }

  #sendTokens(events: readonly TokenEvent[], tokensRead: number): void {
    const cachedColumns = this.#decoder.cachedColumns;
    this.#options.send({ kind: "tokens", events, tokensRead, cachedColumns });
  }

  #leave(row: number): void {
    this.#decoder.leave(row);
    const last = this.#rows.pop();
    if (last !== undefined && row < this.#rows.length) this.#rows[row] = last;
  }

  #fail(message: string): void {
    const ids = this.#rows.map((row) => row.sequence.id);
    for (let row = this.#rows.length - 1; row >= 0; row--) this.#leave(row);
    this.#options.send({ kind: "failed", ids, message });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
