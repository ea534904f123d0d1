/** Something that is to be done at planned times. */
export interface Paced {
  /** Does what was due at `dueMs`. @returns when it is due next; `null`: never again */
  readonly run: (dueMs: number) => number | null;
}

interface Entry {
  dueMs: number;
  readonly paced: Paced;
}

/** A timer may be late by its resolution of 1 ms and once more by the loop's stale clock: the rest is waited for awake. */
const TIMER_SLACK_MS = 2;

/**
 * One loop for any number of streams: a heap of what is due next. Sleeps while that is far off and polls when it is near,
 * since a timer alone is up to 2 ms late; so while streams are under way it takes what its core has. Times are
 * `performance.now()`.
 */
export class Pacer {
  readonly #heap: Entry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #polling = false;

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
