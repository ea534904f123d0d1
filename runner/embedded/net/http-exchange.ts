import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { canonicalHeaders } from "./header-names.ts";
import type { HttpConnection, HttpConnections } from "./http-connections.ts";
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

const REPEATABLE = ["GET", "HEAD", "OPTIONS"];

/**
 * One request and its whole response. What the network does is in the answer; it rejects for a bug only.
 *
 * @param timeout aborted when the time for the whole exchange is up
 * @param cut aborted when nobody wants the answer any more
 */
export async function exchange(
  request: HttpRequest,
  connections: HttpConnections,
  timeout: AbortSignal,
  cut: AbortSignal,
): Promise<HttpAnswer> {
  const { origin } = request.url;
  const kept = connections.take(origin);
  const isReused = kept.isOpen;
  const answer = await exchangeOn(kept, request, connections, timeout, cut);
  const wasClosed =
    answer.fault !== null && answer.body === null && answer.timings.connecting === 0;
  // A server may close a kept connection just when a request is under way. Go sends it again on another, but for methods
  // that change something: the server may have done as asked.
  if (!isReused || !wasClosed || !REPEATABLE.includes(request.method)) return answer;
  if (timeout.aborted || cut.aborted) return answer;
  return exchangeOn(connections.fresh(origin), request, connections, timeout, cut);
}

async function exchangeOn(
  connection: HttpConnection,
  request: HttpRequest,
  connections: HttpConnections,
  timeout: AbortSignal,
  cut: AbortSignal,
): Promise<HttpAnswer> {
  const { url } = request;
  const { client } = connection;
  const startedAt = performance.now();
  const keptSocket = connection.isOpen ? connection.socket : null;
  const bytesBefore = bytesOf(keptSocket);
  let readyAt = keptSocket === null ? null : startedAt;
  let headersAt: number | null = null;
  connection.onOpen = () => {
    readyAt = performance.now();
  };
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
    connections.giveBack(url.origin, connection);
  } catch (error) {
    fault = timeout.aborted ? REQUEST_TIMEOUT : describeFault(error, url, connection.localEnd);
    if (response !== null && fault.message === "EOF") {
      fault = { ...fault, message: "unexpected EOF", brief: "unexpected EOF" };
    }
    client.destroy().catch(() => {});
  }
  const { location } = response?.headers ?? {};
  const { socket } = connection;
  const bytes = bytesOf(socket);
  const isSame = socket === keptSocket;
  return {
    status: response?.statusCode ?? 0,
    statusText: response?.statusText ?? "",
    headers: canonicalHeaders(response?.headers ?? {}),
    location: typeof location === "string" ? location : undefined,
    body,
    fault,
    timings: timingsOf(startedAt, readyAt, headersAt),
    bytesSent: bytes.bytesSent - (isSame ? bytesBefore.bytesSent : 0),
    bytesReceived: bytes.bytesReceived - (isSame ? bytesBefore.bytesReceived : 0),
  };
}

function timingsOf(
  startedAt: number,
  readyAt: number | null,
  headersAt: number | null,
): HttpTimings {
  // 0 on a connection that was open already.
  const connecting = readyAt === null ? 0 : readyAt - startedAt;
  return {
    blocked: connecting,
    connecting,
    tls_handshaking: 0,
    sending: 0,
    waiting: readyAt === null || headersAt === null ? 0 : headersAt - readyAt,
    receiving: headersAt === null ? 0 : performance.now() - headersAt,
  };
}

function bytesOf(socket: Socket | null): Pick<HttpAnswer, "bytesSent" | "bytesReceived"> {
  return { bytesSent: socket?.bytesWritten ?? 0, bytesReceived: socket?.bytesRead ?? 0 };
}
