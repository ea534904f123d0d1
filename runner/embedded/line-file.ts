import { closeSync, openSync, writeSync } from "node:fs";

const FLUSH_AFTER_MS = 20;

/**
 * A file of whole lines. What is written in one flush goes to the system at once, so a kill loses the lines of some
 * milliseconds and never cuts one.
 */
export class LineFile {
  readonly #descriptor: number;
  #pending: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @throws Error where the file can't be made */
  constructor(file: string) {
    this.#descriptor = openSync(file, "a");
  }

  write(line: string): void {
    this.#pending.push(line);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending.length === 0) return;
    let bytes = Buffer.from(`${this.#pending.join("\n")}\n`);
    this.#pending = [];
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#descriptor, bytes));
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}
