import type { Socket } from "node:net";
import { microseconds } from "../../lib/core/microseconds.ts";
import type { ServedRequest } from "../request-log.ts";
import type { AnswerPlan } from "./answer-plan.ts";
import type { Fault } from "./faults.ts";
import { finishHead } from "./http-bytes.ts";
import type { Paced } from "./pacer.ts";

/** What the ground-truth server knows of a request beside what any server logs. */
export interface GroundTruthRequest extends ServedRequest {
  /** Its number in the order of arrival, from 0. */
  readonly request: number;
  readonly path: string;
  readonly fault: Fault | null;
  /** How much later than planned each token was flushed, milliseconds: the server's own error. */
  readonly lateMs: readonly number[];
}

export interface AnsweredRequest {
  readonly id: string;
  readonly request: number;
  readonly path: string;
  readonly receivedMs: number;
  readonly promptTokens: number;
}

/** Writes one answer by its plan, straight to the socket, and notes when. */
export class ServedAnswer implements Paced {
  readonly #asked: AnsweredRequest;
  readonly #plan: AnswerPlan;
  readonly #gapMs: number;
  readonly #socket: Socket;
  readonly #onEnd: (request: GroundTruthRequest) => void;
  readonly #flushMs: number[] = [];
  readonly #lateMs: number[] = [];
  #steps = 0;
  #isOver = false;

  constructor(
    asked: AnsweredRequest,
    plan: AnswerPlan,
    gapMs: number,
    socket: Socket,
    onEnd: (request: GroundTruthRequest) => void,
  ) {
    this.#asked = asked;
    this.#plan = plan;
    this.#gapMs = gapMs;
    this.#socket = socket;
    this.#onEnd = onEnd;
  }

  /** @returns when the first step is due; `null`: there is none */
  begin(ttftMs: number): number | null {
    const { headAt, body, steps, gapsBefore } = this.#plan;
    // A client may be gone already, go away later, or have enough of silence.
    if (this.#socket.destroyed) this.abandon();
    else this.#socket.once("close", () => this.abandon());
    if (this.#isOver) return null;
    if (headAt === "once") this.#write(this.#head() + body);
    if (steps > 0) return this.#asked.receivedMs + ttftMs + gapsBefore * this.#gapMs;
    this.#finish();
    return null;
  }

  run(dueMs: number): number | null {
    if (this.#isOver) return null;
    const { headAt, step, steps } = this.#plan;
    const { bytes, tokens } = step(this.#steps);
    if (this.#steps === 0 && headAt === "first-step") this.#write(this.#head());
    const nowMs = performance.now();
    for (let token = 0; token < tokens; token++) {
      this.#flushMs.push(nowMs);
      this.#lateMs.push(nowMs - dueMs);
    }
    this.#write(bytes);
    this.#steps += 1;
    if (this.#steps < steps) return dueMs + this.#gapMs;
    this.#finish();
    return null;
  }

  /** Nobody waits for it any more, or nobody will write it. */
  abandon(): void {
    this.#end("abort");
  }

  #head(): string {
    const { head } = this.#plan;
    return head === null ? "" : finishHead(head, this.#asked.id);
  }

  #write(bytes: Buffer | string): void {
    if (bytes.length > 0) this.#socket.write(bytes);
  }

  #finish(): void {
    const { ending, head, fault } = this.#plan;
    switch (ending) {
      case "silence":
        // Over when the client has had enough.
        return;
      case "reset":
        this.#end("error");
        this.#socket.resetAndDestroy();
        return;
      case "close":
        this.#end(fault === null ? "length" : "error");
        if (head === null) this.#socket.destroy();
        else this.#socket.end();
        return;
      default:
        ending satisfies never;
    }
  }

  #end(outcome: ServedRequest["outcome"]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { id, request, path, receivedMs, promptTokens } = this.#asked;
    this.#onEnd({
      id,
      request,
      path,
      fault: this.#plan.fault,
      timeOriginMs: performance.timeOrigin,
      receivedMs: microseconds(receivedMs),
      startedMs: microseconds(receivedMs),
      flushMs: this.#flushMs.map(microseconds),
      lateMs: this.#lateMs.map(microseconds),
      endedMs: microseconds(performance.now()),
      promptTokens,
      outcome,
    });
  }
}
