import type { Socket } from "node:net";
import { Client, type Dispatcher } from "undici";
import type { ConnectorFor } from "./connector.ts";
import { canonicalHeaders } from "./header-names.ts";
import { describeFault, type NetworkFault, REQUEST_TIMEOUT } from "./network-fault.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Times in milliseconds, by k6's names. */
interface HttpTimings {
  readonly blocked: number;
  readonly connecting: number;
  readonly tls_handshaking: number;
  readonly sending: number;
  readonly waiting: number;
  readonly receiving: number;
}

/** A response as far as it came, or none (status 0); `fault` says why it is not whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly location: string | undefined;
  /** `null` where no headers came. */
  readonly body: string | null;
  readonly fault: NetworkFault | null;
  readonly timings: HttpTimings;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/**
 * One request and its whole response, on a connection of its own. What the network does is in the answer; it rejects
 * for a bug only.
 *
 * @param timeout aborted when the time for the whole exchange is up
 * @param cut aborted when nobody wants the answer any more
 */
export async function exchange(
  request: HttpRequest,
  connectorFor: ConnectorFor,
  timeout: AbortSignal,
  cut: AbortSignal,
): Promise<HttpAnswer> {
  const { url } = request;
  const startedAt = performance.now();
  let connectedAt: number | null = null;
  let headersAt: number | null = null;
  let socket: Socket | null = null;
  let localEnd: string | null = null;
  const client = new Client(url.origin, {
    bodyTimeout: 0,
    headersTimeout: 0,
    connect: connectorFor((opened) => {
      socket = opened;
      localEnd = `${opened.localAddress}:${opened.localPort}`;
      connectedAt = performance.now();
    }),
  });
  let response: Dispatcher.ResponseData | null = null;
  let fault: NetworkFault | null = null;
  let body: string | null = null;
  try {
    response = await client.request({
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers,
      body: request.body,
      signal: AbortSignal.any([timeout, cut]),
    });
    headersAt = performance.now();
    body = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body) body += decoder.decode(chunk, { stream: true });
  } catch (error) {
    fault = timeout.aborted ? REQUEST_TIMEOUT : describeFault(error, url, localEnd);
    if (response !== null && fault.message === "EOF") {
      fault = { ...fault, message: "unexpected EOF", brief: "unexpected EOF" };
    }
  } finally {
    client.destroy().catch(() => {});
  }
  const { location } = response?.headers ?? {};
  return {
    status: response?.statusCode ?? 0,
    statusText: response?.statusText ?? "",
    headers: canonicalHeaders(response?.headers ?? {}),
    location: typeof location === "string" ? location : undefined,
    body,
    fault,
    timings: timingsOf(startedAt, connectedAt, headersAt),
    ...bytesOf(socket),
  };
}

function timingsOf(
  startedAt: number,
  connectedAt: number | null,
  headersAt: number | null,
): HttpTimings {
  const connecting = connectedAt === null ? 0 : connectedAt - startedAt;
  return {
    blocked: connecting,
    connecting,
    tls_handshaking: 0,
    sending: 0,
    waiting: connectedAt === null || headersAt === null ? 0 : headersAt - connectedAt,
    receiving: headersAt === null ? 0 : performance.now() - headersAt,
  };
}

function bytesOf(socket: Socket | null): Pick<HttpAnswer, "bytesSent" | "bytesReceived"> {
  return { bytesSent: socket?.bytesWritten ?? 0, bytesReceived: socket?.bytesRead ?? 0 };
}
