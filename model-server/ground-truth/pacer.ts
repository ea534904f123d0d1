/** Something that is to be done at planned times. */
export interface Paced {
  /** Does what was due at `dueMs`. @returns when it is due next; `null`: never again */
  readonly run: (dueMs: number) => number | null;
}

interface Entry {
  dueMs: number;
  readonly paced: Paced;
}

/** A timer may be late by its resolution of 1 ms and once more by the loop's stale clock: the rest is napped away. */
const TIMER_SLACK_MS = 2;

/** The longest time that sockets wait for their turn while nothing is due. */
const LONGEST_NAP_MS = 0.25;
/** A nap of no length takes this long: the kernel's timer slack and the way back. */
const NAP_OVERSLEEP_MS = 0.1;
const cell = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps where a timer of the event loop is too coarse. */
function nap(leftMs: number): void {
  const ms = Math.min(leftMs - NAP_OVERSLEEP_MS, LONGEST_NAP_MS);
  if (ms > 0) Atomics.wait(cell, 0, 0, ms);
}

/**
 * One loop for any number of streams: a heap of what is due next. A timer waits while that is far off; the last two
 * milliseconds, which a timer can't tell apart, pass in naps between which sockets have their turn. Awake instead it is a
 * tenth of a millisecond more exact, and keeps its core from others, whose turn would make it late: for a server that has a
 * core of its own. Times are `performance.now()`.
 */
export class Pacer {
  readonly #heap: Entry[] = [];
  readonly #awake: boolean;
  #timer: NodeJS.Timeout | null = null;
  #polling = false;

  constructor(awake: boolean) {
    this.#awake = awake;
  }

  add(paced: Paced, dueMs: number): void {
    this.#push({ dueMs, paced });
    this.#wait();
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const next = this.#heap[0];
    if (next === undefined || this.#polling) return;
    const leftMs = next.dueMs - performance.now() - TIMER_SLACK_MS;
    if (leftMs >= 1) {
      this.#timer = setTimeout(() => this.#wait(), leftMs);
      return;
    }
    this.#polling = true;
    setImmediate(() => {
      this.#polling = false;
      if (!this.#awake) nap(next.dueMs - performance.now());
      this.#runDue();
      this.#wait();
    });
  }

  /** Nothing that became due meanwhile: sockets have their turn in between. */
  #runDue(): void {
    const nowMs = performance.now();
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.dueMs > nowMs) return;
      const dueMs = first.paced.run(first.dueMs);
      if (dueMs === null) this.#pop();
      else {
        first.dueMs = dueMs;
        this.#sink(0);
      }
    }
  }

  #push(entry: Entry): void {
    this.#heap.push(entry);
    let at = this.#heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      let first = at;
      if (this.#isBefore(left, first)) first = left;
      if (this.#isBefore(left + 1, first)) first = left + 1;
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    return a !== undefined && b !== undefined && a.dueMs < b.dueMs;
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}
