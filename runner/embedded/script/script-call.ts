import { EndOfRun, EXIT } from "../end-of-run.ts";

/** How a call into the script ended. */
export type CallEnd =
  | { readonly kind: "returned"; readonly value: unknown }
  /** `uncaught`: an asynchronous function rejected, which k6 reports (and exits) differently from a plain throw. */
  | { readonly kind: "threw"; readonly error: unknown; readonly uncaught: boolean }
  /** The run's end or the user's cut it; nothing of the script runs after that. */
  | { readonly kind: "interrupted" };

/** Settles the promise of a host call, once; does nothing any more when the call into the script was interrupted. */
export interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Begins a host call and gives what cancels it. */
export type StartHostCall<T> = (settle: Settle<T>) => () => void;

/**
 * One call into the script: an iteration, `setup`, `teardown` or `handleSummary`. It knows the host calls that are
 * under way for it, so that it can wait for them, cut them, and notice a blocking call that nobody awaited.
 */
export class ScriptCall {
  readonly #abortRun: (reason: EndOfRun) => void;
  readonly #cancels = new Set<() => void>();
  #state: "running" | "over" = "running";
  #blockedIn: string | null = null;
  #pending = 0;
  #whenIdle: (() => void) | null = null;
  #settleEnd: (end: CallEnd) => void = () => {};

  constructor(abortRun: (reason: EndOfRun) => void) {
    this.#abortRun = abortRun;
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** Call the function and follow it to its end, timers and asynchronous host calls that it started included. */
  run(fn: (...args: unknown[]) => unknown, args: readonly unknown[]): Promise<CallEnd> {
    return new Promise((resolve) => {
      this.#settleEnd = resolve;
      let result: unknown;
      try {
        result = fn(...args);
      } catch (error) {
        this.#threw(error, false);
        return;
      }
      if (result instanceof Promise) {
        result.then(
          (value) => this.#returned(value),
          (error) => this.#threw(error, true),
        );
      } else {
        this.#returned(result);
      }
    });
  }

  /** Cut the call: host calls under way are cancelled and never settle. */
  interrupt(): void {
    this.#end({ kind: "interrupted" });
  }

  /** An error in a callback that the script left with the host (a timer's function) ends the call, as on k6. */
  fail(error: unknown): void {
    this.#end({ kind: "threw", error, uncaught: false });
  }

  /**
   * A host call that stops the user on k6 until it is done (`sleep`, `sse.open`, `http.get`). Here it gives a promise.
   *
   * @throws EndOfRun where another one is still under way: the script did not await it, and its figures would be wrong
   */
  block<T>(name: string, start: StartHostCall<T>): Promise<T> {
    if (this.#blockedIn !== null) throw this.#notAwaited(this.#blockedIn, `before ${name}()`);
    this.#blockedIn = name;
    return this.#track(start, () => {
      this.#blockedIn = null;
    });
  }

  /** A host call that runs beside the script on k6 too (`setTimeout`, `http.asyncRequest`): the call's end waits. */
  pend<T>(start: StartHostCall<T>): Promise<T> {
    this.#pending += 1;
    return this.#track(start, () => this.#unpend());
  }

  /** As `pend`, for what has a cancel of its own. Give it back with `removePending`. */
  addPending(cancel: () => void): void {
    this.#pending += 1;
    this.#cancels.add(cancel);
  }

  removePending(cancel: () => void): void {
    if (this.#cancels.delete(cancel)) this.#unpend();
  }

  #unpend(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#whenIdle?.();
  }

  #track<T>(start: StartHostCall<T>, done: () => void): Promise<T> {
    return new HostPromise<T>((resolve, reject) => {
      if (this.#state !== "running") return;
      let cancel: (() => void) | null = null;
      let isSettled = false;
      const settle =
        <V>(act: (value: V) => void) =>
        (value: V) => {
          if (isSettled || this.#state !== "running") return;
          isSettled = true;
          if (cancel !== null) this.#cancels.delete(cancel);
          act(value);
          done();
        };
      cancel = start({ resolve: settle(resolve), reject: settle(reject) });
      if (!isSettled) this.#cancels.add(cancel);
    });
  }

  /** What is thrown while a blocking call is under way comes of its promise being taken for its result. */
  #threw(error: unknown, uncaught: boolean): void {
    if (this.#state !== "running") return;
    const blockedIn = error instanceof EndOfRun ? null : this.#blockedIn;
    const cause = blockedIn === null ? error : this.#notAwaited(blockedIn, "before it went on");
    this.#end({ kind: "threw", error: cause, uncaught });
  }

  #returned(value: unknown): void {
    if (this.#state !== "running") return;
    if (this.#blockedIn !== null) {
      const error = this.#notAwaited(this.#blockedIn, "before the function returned");
      this.#end({ kind: "threw", error, uncaught: false });
      return;
    }
    if (this.#pending === 0) {
      this.#end({ kind: "returned", value });
      return;
    }
    this.#whenIdle = () => {
      // The last timer's own promise reactions first: they may start something new.
      setImmediate(() => {
        if (this.#pending === 0) this.#returned(value);
      });
    };
  }

  #end(end: CallEnd): void {
    if (this.#state === "over") return;
    this.#state = "over";
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#settleEnd(end);
  }

  #notAwaited(name: string, when: string): EndOfRun {
    const error = new EndOfRun(
      EXIT.scriptException,
      `the script did not await ${name}() ${when}. On the embedded engine ${name}() gives a promise: make the function async and write "await ${name}(...)" (k6 does not mind the await)`,
    );
    this.#abortRun(error);
    return error;
  }
}

const RESPONSE_FIELDS = [
  "status",
  "body",
  "headers",
  "error",
  "error_code",
  "url",
  "timings",
  "json",
];

/** The promise of a host call. Reading a response's field from it, as k6 scripts do, says what to write instead. */
class HostPromise<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
}
for (const field of RESPONSE_FIELDS) {
  Object.defineProperty(HostPromise.prototype, field, {
    get() {
      throw new TypeError(
        `.${field} was read from a promise: on the embedded engine this call must be awaited (k6 does not mind the await)`,
      );
    },
  });
}
