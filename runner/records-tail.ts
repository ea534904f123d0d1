import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { parseJson } from "../lib/core/parse-json.ts";
import { quantile, sortedCopy } from "../lib/core/quantile.ts";
import type { RequestRecord, RunHeader } from "../lib/core/request-record.ts";
import { recordLineSchema } from "../records/request-record.ts";

const READ_BYTES = 1 << 20;
/** TTFTs the live p95 is taken over: recent enough to follow the load, many enough to mean something. */
const LIVE_SAMPLES = 200;
/** Time over which the live token rate is taken. */
const LIVE_WINDOW_MS = 5_000;

/** What the records say so far. */
export interface LiveView {
  readonly header: RunHeader | undefined;
  readonly recorded: number;
  /** Of them, never sent. */
  readonly unsent: number;
  readonly completed: number;
  readonly failed: number;
  /** Over the last completed requests; absent before the first. */
  readonly ttftP95Ms: number | undefined;
  /** Output tokens of the requests that ended lately, per second. */
  readonly tokensPerSecond: number | undefined;
}

/**
 * Follows the records file of a running test, whichever engine writes it: k6 and the embedded engine leave the same
 * lines, so the progress bar needs no second channel.
 */
export class RecordsTail {
  readonly #path: string;
  #offset = 0;
  #rest = Buffer.alloc(0);
  #header: RunHeader | undefined;
  #recorded = 0;
  #unsent = 0;
  #completed = 0;
  readonly #recentTtftMs: number[] = [];
  #recentTokens: { readonly endMs: number; readonly tokens: number }[] = [];
  /** Lines that are not records: something else printed to the console. */
  otherLines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads what was appended since the last call. */
  poll(): LiveView {
    if (existsSync(this.#path)) this.#readAppended();
    return {
      header: this.#header,
      recorded: this.#recorded,
      unsent: this.#unsent,
      completed: this.#completed,
      failed: this.#recorded - this.#completed,
      ttftP95Ms:
        this.#recentTtftMs.length === 0
          ? undefined
          : quantile(sortedCopy(this.#recentTtftMs), 0.95),
      tokensPerSecond: this.#tokenRate(),
    };
  }

  #readAppended(): void {
    const file = openSync(this.#path, "r");
    try {
      const buffer = Buffer.alloc(READ_BYTES);
      for (;;) {
        const bytes = readSync(file, buffer, 0, READ_BYTES, this.#offset);
        if (bytes === 0) return;
        this.#offset += bytes;
        this.#takeLines(Buffer.concat([this.#rest, buffer.subarray(0, bytes)]));
      }
    } finally {
      closeSync(file);
    }
  }

  #takeLines(bytes: Buffer): void {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(0x0a, start);
      if (end < 0) break;
      this.#takeLine(bytes.toString("utf8", start, end));
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
  }

  #takeLine(line: string): void {
    if (line.trim() === "") return;
    const parsed = recordLineSchema.safeParse(parseJson(line));
    if (!parsed.success) this.otherLines += 1;
    else if (parsed.data.kind === "run") this.#header ??= parsed.data;
    else this.#takeRecord(parsed.data);
  }

  #takeRecord(record: RequestRecord): void {
    this.#recorded += 1;
    if (record.outcome === "unsent") this.#unsent += 1;
    if (record.outcome !== "completed") return;
    this.#completed += 1;
    if (record.firstContentMs !== null) {
      this.#recentTtftMs.push(record.firstContentMs - record.sentMs);
      if (this.#recentTtftMs.length > LIVE_SAMPLES) this.#recentTtftMs.shift();
    }
    this.#recentTokens.push({ endMs: record.endMs, tokens: record.outputTokens ?? 0 });
  }

  #tokenRate(): number | undefined {
    const latest = this.#recentTokens.at(-1);
    if (latest === undefined) return undefined;
    this.#recentTokens = this.#recentTokens.filter((r) => r.endMs > latest.endMs - LIVE_WINDOW_MS);
    const windowMs = Math.min(LIVE_WINDOW_MS, latest.endMs);
    const tokens = this.#recentTokens.reduce((sum, r) => sum + r.tokens, 0);
    return windowMs > 0 ? (tokens * 1000) / windowMs : undefined;
  }
}
