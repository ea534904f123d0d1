import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { ApiError, HttpFailure } from "./api-error.ts";
import { parseJsonBody, readText } from "./request-body.ts";

/** One request on its way through a route. */
export interface Exchange {
  /** The client's `X-Request-Id`, or one of our own: the answer carries it, and so does the log. */
  readonly requestId: string;
  readonly receivedMs: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** @throws ApiError where the body is no JSON */
  readonly json: () => Promise<unknown>;
  /** @throws ApiError where the body is too long */
  readonly text: () => Promise<string>;
  /** What stands for the `*` of the route's path. */
  readonly wildcard: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** One segment of it may be `*`: any. */
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
 * @param apiKey where given, paths under `/v1` and whatever generates want `Authorization: Bearer <apiKey>`
 */
export function createHttpServer(routes: readonly Route[], apiKey: string | null): Server {
  const listener: RequestListener = (request, response) => {
    const requestId = requestIdOf(request);
    response.setHeader("X-Request-Id", requestId);
    answer(request, response, requestId).catch((error: unknown) => sendError(response, error));
  };
  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const receivedMs = performance.now();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const wantsKey = path.startsWith("/v1") || request.method === "POST";
    if (apiKey !== null && wantsKey && !isAuthorized(request, apiKey)) {
      sendJson(response, 401, { error: "Unauthorized" });
      return;
    }
    const candidates = routes.flatMap((route) => {
      const wildcard = matchPath(route.path, path);
      return wildcard === null ? [] : [{ route, wildcard }];
    });
    if (candidates.length === 0) throw new ApiError(404, "Not Found", "Not Found");
    const chosen = candidates.find(({ route }) => route.method === request.method);
    if (chosen === undefined) {
      response.setHeader("Allow", candidates.map(({ route }) => route.method).join(", "));
      throw new ApiError(405, "Method Not Allowed", "Method Not Allowed");
    }
    await chosen.route.handle({
      requestId,
      receivedMs,
      request,
      response,
      json: async () => parseJsonBody(await readText(request)),
      text: () => readText(request),
      wildcard: chosen.wildcard,
    });
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
    error instanceof HttpFailure
      ? error
      : new ApiError(
          500,
          "InternalServerError",
          error instanceof Error ? error.message : String(error),
        );
  const body = failure.body();
  if (typeof body !== "string") {
    sendJson(response, failure.status, body);
    return;
  }
  response.writeHead(failure.status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(body);
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  const usable = typeof given === "string" && PRINTABLE.test(given);
  return usable ? given : randomUUID().replaceAll("-", "");
}

/** What stands for the pattern's `*`, "" where it has none; `null` for another path. */
function matchPath(pattern: string, path: string): string | null {
  if (pattern === path) return "";
  const wanted = pattern.split("/");
  const place = wanted.indexOf("*");
  const found = path.split("/");
  if (place < 0 || found.length !== wanted.length) return null;
  const same = wanted.every((segment, index) => index === place || segment === found[index]);
  return same ? decodeSegment(found[place] ?? "") : null;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not well-formed: the name of nothing, as it stands.
    return segment;
  }
}

function isAuthorized(request: IncomingMessage, apiKey: string): boolean {
  return request.headers.authorization === `Bearer ${apiKey}`;
}
