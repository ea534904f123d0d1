import type { ContentKind, Usage } from "./request-record.ts";

/** What one event of a stream said, whatever the protocol; a client in `lib/clients` decodes its own wire format. */
export type StreamEvent =
  | StreamChunk
  /** The end marker of protocols that have one (`[DONE]`). */
  | { readonly kind: "done" }
  /** Nothing said: an empty event, a ping, `data: null`. */
  | { readonly kind: "nothing" }
  /** An error that the server put into the stream. */
  | { readonly kind: "error"; readonly message: string }
  /** Not what the protocol allows. */
  | { readonly kind: "malformed"; readonly message: string };

interface StreamChunk {
  readonly kind: "chunk";
  /** Whether it had choices: the first that has is `vllm bench`'s first token, though its content may be empty. */
  readonly hasChoices: boolean;
  /** Never with an empty text. */
  readonly content: StreamContent | null;
  /** Why the answer ended, on the chunk that says so. */
  readonly finishReason: string | null;
  readonly usage: Usage | null;
  /** Output tokens that the server has told of so far, this event's included; `null` where it does not tell. */
  readonly tokensSoFar: number | null;
}

export interface StreamContent {
  readonly kind: ContentKind;
  readonly text: string;
}

/** Decodes the events of one stream, in order: it may learn from one event how to read the next. */
export interface StreamDecoder {
  /** Decodes the next event. */
  readonly decode: (data: string) => StreamEvent;
  /**
   * Reads the next events as long as each is a piece of text and nothing else, many at once: the same as decoding each,
   * at a small part of the cost. No texts where the next event must be decoded.
   */
  readonly readTexts: (events: readonly string[], from: number) => TextRun;
}

/** Texts of successive content events of one kind, none of them empty. */
export interface TextRun {
  readonly kind: ContentKind;
  readonly texts: readonly string[];
}

/**
 * How a well-ended stream ends: by the protocol's end marker; by a chunk that says why the answer ended (or the marker);
 * or by the server closing it, where only a connection that broke tells a cut stream.
 */
export type StreamEnding = "end-marker" | "finish-reason" | "close";

/** What the transport noted of one request, undecoded. Times are milliseconds since T0 from one monotonic clock. */
export interface StreamCapture {
  readonly sentMs: number;
  /** When the response headers were in; `null` where none came. */
  readonly headersMs: number | null;
  readonly endMs: number;
  /** HTTP status; `null` where no response came. */
  readonly status: number | null;
  /** When each event came, taken before anything was done with it. */
  readonly eventMs: readonly number[];
  readonly eventData: readonly string[];
  /** Why the connection failed, if it did. */
  readonly transportError: string | null;
  /** Whether that was the request's own time limit. */
  readonly timedOut: boolean;
  /** First line that is no line of an event stream, for example a bare JSON error. */
  readonly strayLine: string | null;
  /** What a Retry-After header asked for. */
  readonly retryAfterMs: number | null;
}
