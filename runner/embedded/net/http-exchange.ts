import type { Socket } from "node:net";
import { Client } from "undici";
import type { createConnector } from "./connector.ts";
import { canonicalHeaders } from "./header-names.ts";
import { describeFault, TIMEOUT_CODE } from "./network-fault.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Limit for the whole exchange. */
  readonly timeoutMs: number;
}

/** A response, or why there is none (status 0); times in milliseconds. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: string;
  readonly errorCode: number;
  readonly timings: {
    readonly blocked: number;
    readonly connecting: number;
    readonly tlsHandshaking: number;
    readonly sending: number;
    readonly waiting: number;
    readonly receiving: number;
  };
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** HTTP errors have the error code 1000 + status on k6. */
const STATUS_CODE_BASE = 1000;

/**
 * One request and its whole response, on a connection of its own. What the network does is in the answer; it rejects
 * for a bug only.
 */
export async function exchange(
  request: HttpRequest,
  connectorFor: (onSocket: (socket: Socket) => void) => ReturnType<typeof createConnector>,
  cut: AbortSignal,
): Promise<HttpAnswer> {
  const startedAt = performance.now();
  let connectedAt = startedAt;
  let headersAt = startedAt;
  let socket: Socket | undefined;
  const client = new Client(request.url.origin, {
    bodyTimeout: 0,
    headersTimeout: 0,
    connect: connectorFor((opened) => {
      socket = opened;
      connectedAt = performance.now();
    }),
  });
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const measured = () => ({
    timings: {
      blocked: connectedAt - startedAt,
      connecting: connectedAt - startedAt,
      tlsHandshaking: 0,
      sending: 0,
      waiting: Math.max(0, headersAt - connectedAt),
      receiving: headersAt === startedAt ? 0 : performance.now() - headersAt,
    },
    bytesSent: socket?.bytesWritten ?? 0,
    bytesReceived: socket?.bytesRead ?? 0,
  });
  try {
    const response = await client.request({
      path: request.url.pathname + request.url.search,
      method: request.method,
      headers: request.headers,
      body: request.body,
      signal: AbortSignal.any([timeout, cut]),
    });
    headersAt = performance.now();
    const body = await response.body.text();
    const status = response.statusCode;
    return {
      status,
      headers: canonicalHeaders(response.headers),
      body,
      error: "",
      errorCode: status >= 400 ? STATUS_CODE_BASE + status : 0,
      ...measured(),
    };
  } catch (error) {
    const fault = timeout.aborted
      ? { message: "request timeout", code: TIMEOUT_CODE }
      : describeFault(error, request.url, socket);
    return {
      status: 0,
      headers: {},
      body: "",
      error: fault.message,
      errorCode: fault.code,
      ...measured(),
    };
  } finally {
    client.destroy().catch(() => {});
  }
}
