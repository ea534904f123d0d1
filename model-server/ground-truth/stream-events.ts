import type { Step } from "./answer-plan.ts";
import type { Asked } from "./asked.ts";
import type { StreamDialect } from "./dialects.ts";
import type { Fault } from "./faults.ts";
import { eventsChunk, LAST_CHUNK } from "./http-bytes.ts";

const LONG_TEXT_BYTES = 1024 * 1024;
/** Plain tokens whose bytes are kept; an endless stream comes to any index. */
const KEPT_TOKENS = 1 << 14;
const NO_JSON = '{"choices":[{"index":0,"delta":{"content":';

export function tokenText(index: number): string {
  return ` w${index}`;
}

/** A stream as it is to be written, write by write. */
export interface StreamShape {
  readonly asked: Asked;
  readonly fault: Fault | null;
  readonly tokens: number;
  readonly tokensPerStep: number;
  /** Infinite for an endless stream. */
  readonly steps: number;
  /** The step at which half of the answer is out. */
  readonly half: number;
}

/** The bytes of one protocol's streams. Those of plain tokens are made once and shared by all streams. */
export class StreamEvents {
  readonly #dialect: StreamDialect;
  readonly #plainTokens: Buffer[] = [];

  constructor(dialect: StreamDialect) {
    this.#dialect = dialect;
  }

  step(shape: StreamShape, index: number): Step {
    const { asked, fault, tokensPerStep, steps, half } = shape;
    const isFirst = index === 0;
    const isLast = index === steps - 1;
    const isOdd = index === half && (fault === "long_line" || fault === "malformed");
    if (isFirst || isLast || isOdd || tokensPerStep > 1 || asked.continuousUsage) {
      return this.#composed(shape, index, isLast);
    }
    return { bytes: this.#plainToken(index), tokens: 1 };
  }

  #composed(shape: StreamShape, index: number, isLast: boolean): Step {
    const { asked, fault, half } = shape;
    const from = index * shape.tokensPerStep;
    const tokens = Math.min(shape.tokensPerStep, shape.tokens - from);
    const chunks: (readonly string[])[] = [];
    if (index === 0) chunks.push(this.#dialect.opening(this.#counts(asked, 0)));
    if (index === half && fault === "malformed") chunks.push([NO_JSON]);
    const isFinished = isLast && fault !== "no_finish" && fault !== "no_end";
    chunks.push(
      this.#dialect.piece({
        texts: textsOf(shape, index, from, tokens),
        from,
        finish: isFinished ? finishOf(shape) : null,
        promptTokens: asked.promptTokens,
        includeUsage: asked.includeUsage,
        counts: this.#counts(asked, from + tokens),
      }),
    );
    if (isLast) chunks.push(...this.#after(shape));
    const bytes = chunks.map(eventsChunk).join("") + (isLast ? LAST_CHUNK : "");
    return { bytes, tokens };
  }

  #after({ asked, fault, tokens }: StreamShape): (readonly string[])[] {
    if (fault === "no_end") return [];
    const { promptTokens, includeUsage } = asked;
    const counts = { promptTokens, completionTokens: tokens };
    return [
      includeUsage ? this.#dialect.usage(counts) : [],
      fault === "no_done" ? [] : this.#dialect.done,
    ];
  }

  #counts({ continuousUsage, promptTokens }: Asked, completionTokens: number) {
    return continuousUsage ? { promptTokens, completionTokens } : null;
  }

  /** What a server that fails in the middle says, and how it ends then. */
  error(message: string): string {
    const { error, done } = this.#dialect;
    return [error(message), done].map(eventsChunk).join("") + LAST_CHUNK;
  }

  /** The bytes of an event up to the middle of a part of its text. */
  cutIn(text: string, part: string): Buffer {
    const bytes = Buffer.from(this.#plain(text, 0));
    return bytes.subarray(0, bytes.indexOf(part) + (Buffer.byteLength(part) >> 1));
  }

  #plainToken(index: number): Buffer {
    const known = this.#plainTokens[index];
    if (known !== undefined) return known;
    const bytes = Buffer.from(this.#plain(tokenText(index), index));
    if (index < KEPT_TOKENS) this.#plainTokens[index] = bytes;
    return bytes;
  }

  #plain(text: string, from: number): string {
    const piece = {
      texts: [text],
      from,
      finish: null,
      promptTokens: 0,
      includeUsage: false,
      counts: null,
    };
    return eventsChunk(this.#dialect.piece(piece));
  }
}

function textsOf(
  { fault, half }: StreamShape,
  index: number,
  from: number,
  tokens: number,
): readonly string[] {
  if (fault === "empty") return [""];
  if (fault === "long_line" && index === half) return [` ${"x".repeat(LONG_TEXT_BYTES)}`];
  return Array.from({ length: tokens }, (_, i) => tokenText(from + i));
}

function finishOf({ fault, tokens }: StreamShape) {
  if (fault === "empty") return { reason: "stop", text: "" } as const;
  return { reason: "length", text: wholeText(tokens) } as const;
}

/** Texts of that many tokens. */
export function wholeText(tokens: number): string {
  return Array.from({ length: tokens }, (_, i) => tokenText(i)).join("");
}
