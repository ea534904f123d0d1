import { z } from "zod";
import { parseTags } from "../metrics/tags.ts";
import { exchange, type HttpAnswer, type HttpRequest } from "../net/http-exchange.ts";
import { parseDuration } from "../options/duration.ts";
import { HostError } from "../script/host-error.ts";
import type { VirtualUser } from "../script/virtual-user.ts";

const DEFAULT_TIMEOUT_MS = 60_000;

const paramsSchema = z.looseObject({
  headers: z.record(z.string(), z.unknown()).nullish(),
  tags: z.unknown(),
  timeout: z.union([z.string(), z.number()]).nullish(),
  responseType: z.enum(["text", "none", "binary"]).nullish(),
});

/** `k6/http`: single requests (promises here), enough for a script's `setup`. */
export function createHttpModule(user: VirtualUser) {
  function request(method: unknown, url: unknown, body?: unknown, params?: unknown) {
    const { call } = user;
    if (call === null) {
      throw new HostError("making http requests in the init context is not supported");
    }
    const verb = String(method).toUpperCase();
    const { wire, tags, keepsBody } = parseRequest(user, verb, String(url), body, params);
    const name = `http.${verb === "DELETE" ? "del" : verb.toLowerCase()}`;
    return call.block(name, (settle) => {
      const abort = new AbortController();
      exchange(wire, user.run.connectorFor, abort.signal).then(
        (answer) => {
          if (abort.signal.aborted) return;
          addSamples(user, verb, wire, answer, tags);
          settle.resolve(responseOf(verb, wire, answer, keepsBody));
        },
        (error) => settle.reject(error),
      );
      return () => abort.abort();
    });
  }

  return {
    request,
    get: (url: unknown, params?: unknown) => request("GET", url, null, params),
    head: (url: unknown, params?: unknown) => request("HEAD", url, null, params),
    post: (url: unknown, body?: unknown, params?: unknown) => request("POST", url, body, params),
    put: (url: unknown, body?: unknown, params?: unknown) => request("PUT", url, body, params),
    patch: (url: unknown, body?: unknown, params?: unknown) => request("PATCH", url, body, params),
    del: (url: unknown, body?: unknown, params?: unknown) => request("DELETE", url, body, params),
    options: (url: unknown, body?: unknown, params?: unknown) =>
      request("OPTIONS", url, body, params),
  };
}

function parseRequest(
  user: VirtualUser,
  method: string,
  url: string,
  body: unknown,
  given: unknown,
) {
  const params = paramsSchema.parse(given ?? {});
  if (!URL.canParse(url)) throw new HostError(`invalid URL: "${url}"`);
  const headers: Record<string, string> = { "user-agent": user.run.userAgent };
  for (const [name, value] of Object.entries(params.headers ?? {})) {
    headers[name.toLowerCase()] = String(value);
  }
  const timeoutMs = parseDuration(params.timeout ?? DEFAULT_TIMEOUT_MS);
  if (timeoutMs === undefined) {
    throw new HostError(`invalid HTTP timeout: "${String(params.timeout)}"`);
  }
  if (body !== undefined && body !== null && typeof body !== "string") {
    throw new TypeError("the embedded engine's http sends text bodies only: JSON.stringify it");
  }
  const wire: HttpRequest = { url: new URL(url), method, headers, body: body ?? null, timeoutMs };
  const responseType =
    params.responseType ?? (user.run.options.discardResponseBodies ? "none" : "text");
  return { wire, tags: parseTags(params.tags), keepsBody: responseType !== "none" };
}

function addSamples(
  user: VirtualUser,
  method: string,
  { url }: HttpRequest,
  answer: HttpAnswer,
  own: Readonly<Record<string, string>>,
): void {
  const { builtin } = user.run;
  const failed = answer.status < 200 || answer.status > 399;
  const tags: Record<string, string> = {
    method,
    url: url.href,
    name: url.href,
    status: String(answer.status),
    ...(answer.status !== 0 && { proto: "HTTP/1.1" }),
    ...(answer.error !== "" && { error: answer.error }),
    ...(answer.errorCode !== 0 && { error_code: String(answer.errorCode) }),
    expected_response: String(!failed),
    ...own,
  };
  const { blocked, connecting, tlsHandshaking, sending, waiting, receiving } = answer.timings;
  builtin.httpReqs.add(1, user.tags, tags);
  builtin.httpReqDuration.add(sending + waiting + receiving, user.tags, tags);
  builtin.httpReqBlocked.add(blocked, user.tags, tags);
  builtin.httpReqConnecting.add(connecting, user.tags, tags);
  builtin.httpReqTlsHandshaking.add(tlsHandshaking, user.tags, tags);
  builtin.httpReqSending.add(sending, user.tags, tags);
  builtin.httpReqWaiting.add(waiting, user.tags, tags);
  builtin.httpReqReceiving.add(receiving, user.tags, tags);
  builtin.httpReqFailed.add(failed ? 1 : 0, user.tags, tags);
  user.bytesSent += answer.bytesSent;
  user.bytesReceived += answer.bytesReceived;
}

function responseOf(method: string, { url }: HttpRequest, answer: HttpAnswer, keepsBody: boolean) {
  const { sending, waiting, receiving } = answer.timings;
  const body = keepsBody && answer.status !== 0 ? answer.body : null;
  return {
    url: url.href,
    status: answer.status,
    headers: answer.headers,
    body,
    error: answer.error,
    error_code: answer.errorCode,
    timings: { ...answer.timings, duration: sending + waiting + receiving },
    request: { method, url: url.href },
    json(): unknown {
      return JSON.parse(body ?? "");
    },
  };
}
