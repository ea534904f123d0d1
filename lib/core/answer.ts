import type { ContentKind, RequestRecord, Usage } from "./request-record.ts";
import type { StreamEvent, TextRun } from "./stream-protocol.ts";

/** What a record says about the content of an answer. */
type AnswerMoments = Pick<
  RequestRecord,
  "firstEventMs" | "firstContentMs" | "firstVisibleMs" | "lastContentMs" | "gapsUs"
>;
type AnswerTokens = Pick<
  RequestRecord,
  "chunkTokens" | "chunkChars" | "contentKinds" | "usage" | "outputTokens" | "tokenSource"
>;

/** What the events of one stream add up to, taken in order. */
export class Answer {
  finishReason: string | null = null;
  done = false;
  /** The first event that was an error or no event of the protocol. */
  fault: Extract<StreamEvent, { kind: "error" | "malformed" }> | null = null;
  #firstEventMs: number | null = null;
  #firstContentMs: number | null = null;
  #firstVisibleMs: number | null = null;
  #lastContentMs: number | null = null;
  #usage: Usage | null = null;
  /** Output tokens that the server had counted at each content event; `null` once it did not say at one. */
  #counted: number[] | null = [];
  #gapsUs: number[] = [];
  #chars: number[] = [];
  readonly #kinds: { readonly kind: ContentKind; events: number }[] = [];
  readonly #visible: string[] = [];

  get hasContent(): boolean {
    return this.#firstContentMs !== null;
  }

  /** The visible text so far. */
  get text(): string {
    return this.#visible.join("");
  }

  take(event: StreamEvent, atMs: number): void {
    switch (event.kind) {
      case "nothing":
        return;
      case "done":
        this.done = true;
        return;
      case "error":
      case "malformed":
        this.fault = event;
        return;
      case "chunk": {
        if (event.hasChoices) this.#firstEventMs ??= atMs;
        this.finishReason ??= event.finishReason;
        this.#usage = event.usage ?? this.#usage;
        if (event.content === null) return;
        const { kind, text } = event.content;
        this.#takeContent({ kind, texts: [text] }, [atMs], 0);
        if (event.tokensSoFar === null) this.#counted = null;
        else this.#counted?.push(event.tokensSoFar);
        return;
      }
      default:
        event satisfies never;
    }
  }

  /** Takes events that are text and nothing else; the first of them came at `eventMs[from]`. */
  takeTexts(run: TextRun, eventMs: readonly number[], from: number): void {
    this.#firstEventMs ??= eventMs[from] ?? null;
    this.#counted = null;
    this.#takeContent(run, eventMs, from);
  }

  /** By the engine's own functions and in as few lists as can be: this runs once a token, and k6 interprets. */
  #takeContent({ kind, texts }: TextRun, eventMs: readonly number[], from: number): void {
    const firstMs = eventMs[from];
    if (firstMs === undefined) return;
    let beforeMs = this.#lastContentMs ?? firstMs;
    const gapsUs = texts.map((_, index) => {
      const ms = eventMs[from + index] ?? beforeMs;
      const gapUs = Math.round((ms - beforeMs) * 1000);
      beforeMs = ms;
      return gapUs;
    });
    // Nothing comes before the first content.
    if (this.#lastContentMs === null) gapsUs.shift();
    this.#gapsUs = appended(this.#gapsUs, gapsUs);
    this.#chars = appended(
      this.#chars,
      texts.map((text) => text.length),
    );
    this.#firstContentMs ??= firstMs;
    this.#lastContentMs = beforeMs;
    this.#countKind(kind, texts.length);
    if (kind === "reasoning") return;
    this.#firstVisibleMs ??= firstMs;
    if (kind === "visible") this.#visible.push(texts.join(""));
  }

  #countKind(kind: ContentKind, events: number): void {
    const last = this.#kinds.at(-1);
    if (last?.kind === kind) last.events += events;
    else this.#kinds.push({ kind, events });
  }

  moments(): AnswerMoments {
    return {
      firstEventMs: this.#firstEventMs,
      firstContentMs: this.#firstContentMs,
      firstVisibleMs: this.#firstVisibleMs,
      lastContentMs: this.#lastContentMs,
      gapsUs: this.#gapsUs,
    };
  }

  tokens(): AnswerTokens {
    const chunkChars = this.#chars;
    const events = chunkChars.length;
    return {
      chunkTokens: this.#chunkTokens(),
      chunkChars,
      contentKinds: this.#contentKinds(),
      usage: this.#usage,
      outputTokens: this.#usage?.completionTokens ?? (events > 0 ? events : null),
      tokenSource: this.#usage !== null ? "usage" : events > 0 ? "chunks" : null,
    };
  }

  /** One for all where they are the same, else one each. */
  #contentKinds(): ContentKind | ContentKind[] | null {
    const [first, ...others] = this.#kinds;
    if (first === undefined) return null;
    if (others.length === 0) return first.kind;
    return this.#kinds.flatMap(({ kind, events }) => Array<ContentKind>(events).fill(kind));
  }

  /** Only where the server counted at every content event: tokens of events without content go to the next with some. */
  #chunkTokens(): number[] | null {
    if (this.#counted === null || this.#counted.length === 0) return null;
    const tokens: number[] = [];
    let before = 0;
    for (const counted of this.#counted) {
      if (counted < before) return null;
      tokens.push(counted - before);
      before = counted;
    }
    return tokens;
  }
}

/** Most content comes in one long run, whose list is then taken as it is. */
function appended(list: number[], more: number[]): number[] {
  if (list.length === 0) return more;
  for (const item of more) list.push(item);
  return list;
}
