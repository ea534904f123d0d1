import type { Api } from "../core/api.ts";
import type { StreamDecoder, StreamEnding } from "../core/stream-protocol.ts";

/** What a profile asks of the server in one request, whatever the protocol. */
export interface GenerationRequest {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
  /** Exactly `maxTokens`, where the server can be told to go on past its end-of-text token. */
  readonly exactLength: boolean;
  readonly seed: number;
}

/** What to post, and where under the server's root. */
interface WireRequest {
  readonly path: string;
  readonly body: string;
}

/** One wire protocol: how a request is written and how its stream is read. */
export interface StreamClient {
  readonly api: Api;
  /** Data of the event that ends a stream, after which the transport closes the connection; `null` where none does. */
  readonly endMarker: string | null;
  readonly ending: StreamEnding;
  readonly buildRequest: (request: GenerationRequest) => WireRequest;
  /** A decoder for one stream. */
  readonly createDecoder: () => StreamDecoder;
}
