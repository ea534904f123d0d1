import { z } from "zod";
import { parseTags } from "../metrics/tags.ts";
import { exchange, type HttpAnswer, type HttpRequest } from "../net/http-exchange.ts";
import { MAX_REDIRECTS, redirectOf } from "../net/redirect.ts";
import { parseDuration } from "../options/duration.ts";
import { HostError } from "../script/host-error.ts";
import type { VirtualUser } from "../script/virtual-user.ts";
import { parseArgument } from "./parse-argument.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
/** k6's error codes of HTTP statuses start here. */
const STATUS_CODE_BASE = 1000;

const paramsSchema = z.looseObject({
  headers: z.record(z.string(), z.unknown()).nullish(),
  tags: z.unknown().optional(),
  timeout: z.union([z.string(), z.number()]).nullish(),
  responseType: z.enum(["text", "none"]).nullish(),
});

/** A request as the script asked for it. */
interface ScriptRequest {
  readonly wire: HttpRequest;
  readonly timeoutMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly keepsBody: boolean;
}

/** `k6/http`: single requests (promises here), enough for a script's `setup`. */
export function createHttpModule(user: VirtualUser) {
  function request(method: unknown, url: unknown, body?: unknown, params?: unknown) {
    const { call } = user;
    if (call === null) {
      throw new HostError("making http requests in the init context is not supported");
    }
    const verb = String(method).toUpperCase();
    const asked = parseRequest(user, verb, String(url), body, params);
    const name = `http.${verb === "DELETE" ? "del" : verb.toLowerCase()}`;
    return call.block(name, (settle) => {
      const cut = new AbortController();
      fetchAnswer(user, asked, cut.signal).then(settle.resolve, settle.reject);
      return () => cut.abort();
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
): ScriptRequest {
  const params = parseArgument(paramsSchema, given ?? {}, "http params");
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
  return {
    wire: { url: new URL(url), method, headers, body: body ?? null },
    timeoutMs,
    tags: parseTags(params.tags),
    keepsBody: (params.responseType ?? defaultType(user)) !== "none",
  };
}

function defaultType(user: VirtualUser): "text" | "none" {
  return user.run.options.discardResponseBodies ? "none" : "text";
}

/** Follows redirects; each hop counts as a request, as on k6. */
async function fetchAnswer(user: VirtualUser, asked: ScriptRequest, cut: AbortSignal) {
  const timeout = AbortSignal.timeout(asked.timeoutMs);
  let { wire } = asked;
  for (let redirects = 0; ; redirects++) {
    const answer = await exchange(wire, user.connections, timeout, cut);
    if (!cut.aborted) addSamples(user, wire, answer, asked.tags);
    const next = redirectOf(answer.status, answer.location, wire);
    if (next === null || redirects === MAX_REDIRECTS || answer.fault !== null) {
      if (answer.fault !== null) user.run.log("warn", "Request Failed");
      return responseOf(wire, answer, asked.keepsBody);
    }
    wire = {
      ...wire,
      url: next.url,
      method: next.method,
      body: next.keepsBody ? wire.body : null,
    };
  }
}

function statusOf({ status, fault }: HttpAnswer): number {
  return fault === null ? status : 0;
}

function errorCodeOf(answer: HttpAnswer): number {
  if (answer.fault !== null) return answer.fault.code;
  return answer.status >= 400 ? STATUS_CODE_BASE + answer.status : 0;
}

function addSamples(
  user: VirtualUser,
  { method, url }: HttpRequest,
  answer: HttpAnswer,
  own: Readonly<Record<string, string>>,
): void {
  const { builtin } = user.run;
  const status = statusOf(answer);
  const failed = status < 200 || status > 399;
  const errorCode = errorCodeOf(answer);
  const tags: Record<string, string> = {
    method,
    url: url.href,
    name: url.href,
    status: String(status),
    ...(status !== 0 && { proto: "HTTP/1.1" }),
    ...(answer.fault !== null && { error: answer.fault.brief }),
    ...(errorCode !== 0 && { error_code: String(errorCode) }),
    expected_response: String(!failed),
    ...own,
  };
  const { blocked, connecting, tls_handshaking, sending, waiting, receiving } = answer.timings;
  builtin.httpReqs.add(1, user.tags, tags);
  builtin.httpReqDuration.add(sending + waiting + receiving, user.tags, tags);
  builtin.httpReqBlocked.add(blocked, user.tags, tags);
  builtin.httpReqConnecting.add(connecting, user.tags, tags);
  builtin.httpReqTlsHandshaking.add(tls_handshaking, user.tags, tags);
  builtin.httpReqSending.add(sending, user.tags, tags);
  builtin.httpReqWaiting.add(waiting, user.tags, tags);
  builtin.httpReqReceiving.add(receiving, user.tags, tags);
  builtin.httpReqFailed.add(failed ? 1 : 0, user.tags, tags);
  user.bytesSent += answer.bytesSent;
  user.bytesReceived += answer.bytesReceived;
}

function responseOf({ method, url }: HttpRequest, answer: HttpAnswer, keepsBody: boolean) {
  const { sending, waiting, receiving } = answer.timings;
  const status = statusOf(answer);
  const body = keepsBody ? answer.body : null;
  return {
    url: url.href,
    status,
    status_text: status === 0 ? "" : `${status} ${answer.statusText}`,
    proto: status === 0 ? "" : "HTTP/1.1",
    // k6 forgets the headers of an answer that did not come whole, and keeps what came of its body.
    headers: answer.fault === null ? answer.headers : {},
    body,
    error: answer.fault?.brief ?? "",
    error_code: errorCodeOf(answer),
    timings: { ...answer.timings, duration: sending + waiting + receiving },
    request: { method, url: url.href },
    json(): unknown {
      return JSON.parse(body ?? "");
    },
  };
}
