import type { Api } from "../core/api.ts";
import type { ChatMessage, ToolDefinition } from "../core/chat-message.ts";
import type { StreamDecoder, StreamEnding } from "../core/stream-protocol.ts";

/** What a profile asks of the server in one request, whatever the protocol. */
export interface GenerationRequest {
  readonly model: string;
  /** At least one, the last of them the user's. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[] | null;
  readonly maxTokens: number;
  /** Exactly `maxTokens`, where the server can be told to go on past its end-of-text token. */
  readonly exactLength: boolean;
  readonly seed: number;
}

/** What to post, and where under the server's root. */
export interface WireRequest {
  readonly path: string;
  readonly body: string;
}

/** How `setup` finds out that a server is there and has the model; the first probe that is answered decides. */
export type ServerProbe =
  /** OpenAI's list of models. */
  | { readonly kind: "model-list"; readonly path: string }
  /** An object that names the one model served. */
  | { readonly kind: "server-info"; readonly path: string; readonly modelField: string }
  /** Answers 200 if the model is ready. */
  | { readonly kind: "model-ready"; readonly path: (model: string) => string };

/** One wire protocol: how a request is written and how its answer is read. */
export interface StreamClient {
  readonly api: Api;
  /** `sse`: an event stream; `json`: one plain JSON answer, decoded as the only event of a stream. */
  readonly transport: "sse" | "json";
  /** Data of the event that ends a stream, after which the transport closes the connection; `null` where none does. */
  readonly endMarker: string | null;
  readonly ending: StreamEnding;
  readonly probes: readonly ServerProbe[];
  readonly buildRequest: (request: GenerationRequest) => WireRequest;
  /**
   * A decoder for one answer.
   *
   * @param inputs how many messages were sent, for protocols that answer each; 1 unless given
   */
  readonly createDecoder: (inputs?: number) => StreamDecoder;
}
