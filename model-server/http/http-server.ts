import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { ApiError } from "./api-error.ts";
import { readJson } from "./request-body.ts";

/** One request on its way through a route. */
export interface Exchange {
  /** The client's `X-Request-Id`, or one of our own: the answer carries it, and so does the log. */
  readonly requestId: string;
  readonly receivedMs: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** @throws ApiError where the body is no JSON */
  readonly json: () => Promise<unknown>;
}

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: (exchange: Exchange) => Promise<void> | void;
}

/** What may stand in a header of the answer. */
const PRINTABLE = /^[\x21-\x7e]{1,256}$/;
/** Longer than the idle time of any client's pool, so that a reused connection isn't closed under a request. */
const KEEP_ALIVE_MS = 75_000;

/**
 * The HTTP server of a set of routes.
 *
 * @param apiKey where given, paths under `/v1` want `Authorization: Bearer <apiKey>`
 */
export function createHttpServer(routes: readonly Route[], apiKey: string | null): Server {
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);

  const listener: RequestListener = (request, response) => {
    const exchange = openExchange(request, response);
    response.setHeader("X-Request-Id", exchange.requestId);
    answer(exchange).catch((error: unknown) => sendError(response, error));
  };
  async function answer(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (apiKey !== null && path.startsWith("/v1") && !isAuthorized(request, apiKey)) {
      sendJson(response, 401, { error: "Unauthorized" });
      return;
    }
    const candidates = byPath.get(path);
    if (candidates === undefined) throw new ApiError(404, "Not Found", "Not Found");
    const route = candidates.find((candidate) => candidate.method === request.method);
    if (route === undefined) {
      response.setHeader("Allow", candidates.map((candidate) => candidate.method).join(", "));
      throw new ApiError(405, "Method Not Allowed", "Method Not Allowed");
    }
    await route.handle(exchange);
  }

  const server = createServer({ noDelay: true, keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  server.headersTimeout = KEEP_ALIVE_MS + 1_000;
  return server;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": bytes.length,
  });
  response.end(bytes);
}

/** What went wrong before the answer began, as JSON; afterwards only the connection can be cut. */
function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const failure =
    error instanceof ApiError
      ? error
      : new ApiError(
          500,
          "InternalServerError",
          error instanceof Error ? error.message : String(error),
        );
  sendJson(response, failure.status, failure.body());
}

function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const given = request.headers["x-request-id"];
  const usable = typeof given === "string" && PRINTABLE.test(given);
  return {
    requestId: usable ? given : randomUUID().replaceAll("-", ""),
    receivedMs: performance.now(),
    request,
    response,
    json: () => readJson(request),
  };
}

function isAuthorized(request: IncomingMessage, apiKey: string): boolean {
  return request.headers.authorization === `Bearer ${apiKey}`;
}
