/**
 * The engine's clock: milliseconds since the test run started (before `setup`), as a float of the machine's monotonic
 * clock. What `exec.instance.currentTestRunDuration` shows.
 */
export class RunClock {
  #startedAt: number | null = null;
  #endedAt: number | null = null;
  #heldAt: number | null = null;

  /** False until `start`: a script's init context can't read the clock, as on k6. */
  get isStarted(): boolean {
    return this.#startedAt !== null;
  }

  /** Start counting; epoch milliseconds of that moment are `Date.now()` of the caller. */
  start(): void {
    this.#startedAt = performance.now();
  }

  /** The test is over: the clock stands still, so the summary and the last thresholds see one duration. */
  end(): void {
    this.#endedAt = this.nowMs();
  }

  /** Milliseconds since the start; 0 before it. */
  nowMs(): number {
    return this.#heldAt ?? this.#endedAt ?? this.liveMs();
  }

  /** Milliseconds since the start, whatever is held. */
  liveMs(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#startedAt;
  }

  /**
   * Hold the clock at the moment a socket was read while a script's handler for what was read runs: the handler reads
   * that moment, however long the handlers before it took. Must be followed by `release`.
   */
  holdAt(ms: number): void {
    this.#heldAt = ms;
  }

  release(): void {
    this.#heldAt = null;
  }
}
