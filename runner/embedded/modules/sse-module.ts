import type { Socket } from "node:net";
import { z } from "zod";
import { parseTags } from "../metrics/tags.ts";
import { GoError } from "../net/go-error.ts";
import type { SseEvent } from "../net/sse-lines.ts";
import { type SseRequest, SseStream } from "../net/sse-stream.ts";
import { parseDuration } from "../options/duration.ts";
import { HostError } from "../script/host-error.ts";
import type { Settle } from "../script/script-call.ts";
import type { VirtualUser } from "../script/virtual-user.ts";
import { parseArgument } from "./parse-argument.ts";

/** What `sse.open` gives, as xk6-sse does. */
interface SseResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
}

interface SseParams {
  readonly request: SseRequest;
  readonly tags: Readonly<Record<string, string>>;
}

type Handler = (...args: unknown[]) => unknown;
const handlerSchema = z.custom<Handler>((value) => typeof value === "function");
const paramsSchema = z.looseObject({
  headers: z.record(z.string(), z.unknown()).nullish(),
  method: z.string().nullish(),
  body: z.unknown().optional(),
  tags: z.unknown().optional(),
  timeout: z.unknown().optional(),
});

/** `k6/x/sse`: the streaming client, with the semantics of xk6-sse; `open` gives a promise. */
export function createSseModule(user: VirtualUser) {
  return {
    open(url: unknown, ...args: readonly unknown[]): Promise<SseResponse> {
      const { call } = user;
      if (call === null) throw new HostError("using sse in the init context is not supported");
      const [params, setup] = args.length === 2 ? args : [undefined, args[0]];
      const setUp = handlerSchema.safeParse(setup);
      if (args.length < 1 || args.length > 2) {
        throw new HostError("invalid number of arguments to sse.open");
      }
      if (!setUp.success) throw new HostError("last argument to sse.open must be a function");
      const { request, tags } = parseParams(user, String(url), params);
      return call.block("sse.open", (settle) => {
        const exchange = new SseExchange(user, request, tags, setUp.data, settle);
        exchange.open();
        return () => exchange.cut();
      });
    },
  };
}

/** One `sse.open` from the script's point of view: its handlers, its metrics and its answer. */
class SseExchange {
  readonly #user: VirtualUser;
  readonly #request: SseRequest;
  readonly #tags: Record<string, string>;
  readonly #setUp: Handler;
  readonly #settle: Settle<SseResponse>;
  readonly #stream: SseStream;
  readonly #startedAt = performance.now();
  #connectMs = 0;
  #events = 0;
  #onEvent: Handler[] = [];
  #onError: Handler[] = [];
  #onOpen: Handler[] = [];
  #response: SseResponse = { url: "", status: 0, headers: {}, error: "" };
  #isOver = false;
  readonly #sockets: Socket[] = [];

  constructor(
    user: VirtualUser,
    request: SseRequest,
    tags: Readonly<Record<string, string>>,
    setUp: Handler,
    settle: Settle<SseResponse>,
  ) {
    this.#user = user;
    this.#request = request;
    this.#tags = { ...tags, url: request.url.href };
    this.#setUp = setUp;
    this.#settle = settle;
    this.#stream = new SseStream(
      request,
      {
        onHeaders: (status, headers) => this.#headersCame(status, headers),
        onEvent: (event) => this.#eventCame(event),
        onError: (message) => this.#guarded(() => this.#tell(this.#onError, new GoError(message))),
        onFault: (message) => {
          this.#connected();
          this.#finish({ url: "", status: 0, headers: {}, error: message });
        },
        onEnd: () => this.#finish(this.#response),
        onSocket: (socket) => {
          this.#sockets.push(socket);
        },
      },
      user.run.clock,
      user.run.connectorFor,
    );
  }

  open(): void {
    this.#stream.open();
  }

  /** The iteration was interrupted: no handler runs any more. */
  cut(): void {
    this.#finish(this.#response);
  }

  #headersCame(status: number, headers: Readonly<Record<string, string>>): void {
    this.#tags["status"] = String(status);
    this.#connected();
    this.#response = { url: this.#request.url.href, status, headers, error: "" };
    const client = {
      on: (event: unknown, handler: unknown) => this.#on(event, handler),
      close: () => this.#finish(this.#response),
    };
    this.#guarded(() => this.#setUp(client));
    this.#guarded(() => this.#tell(this.#onOpen));
  }

  #on(event: unknown, handler: unknown): void {
    const parsed = handlerSchema.safeParse(handler);
    if (!parsed.success) return;
    if (event === "event") this.#onEvent.push(parsed.data);
    else if (event === "error") this.#onError.push(parsed.data);
    else if (event === "open") this.#onOpen.push(parsed.data);
  }

  #eventCame(event: SseEvent): void {
    if (this.#isOver) return;
    this.#events += 1;
    try {
      for (const handler of this.#onEvent) handler(event);
    } catch (error) {
      this.#throwInScript(error);
    }
  }

  #tell(handlers: readonly Handler[], ...args: readonly unknown[]): void {
    for (const handler of handlers) handler(...args);
  }

  /** What a handler throws comes out of `sse.open`. */
  #guarded(act: () => void): void {
    if (this.#isOver) return;
    try {
      act();
    } catch (error) {
      this.#throwInScript(error);
    }
  }

  #throwInScript(error: unknown): void {
    if (this.#end()) this.#settle.reject(error);
  }

  #finish(response: SseResponse): void {
    if (this.#end()) this.#settle.resolve(response);
  }

  #connected(): void {
    const { builtin } = this.#user.run;
    this.#connectMs = performance.now() - this.#startedAt;
    builtin.httpReqSending.add(this.#connectMs, this.#user.tags, this.#tags);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#stream.close();
    for (const { bytesWritten, bytesRead } of this.#sockets) {
      this.#user.bytesSent += bytesWritten;
      this.#user.bytesReceived += bytesRead;
    }
    const { builtin, sseEvent } = this.#user.run;
    const { tags } = this.#user;
    if (this.#events > 0) sseEvent.add(this.#events, tags, this.#tags);
    builtin.httpReqs.add(1, tags, this.#tags);
    builtin.httpReqSending.add(this.#connectMs, tags, this.#tags);
    builtin.httpReqDuration.add(performance.now() - this.#startedAt, tags, this.#tags);
    return true;
  }
}

function parseParams(user: VirtualUser, url: string, given: unknown): SseParams {
  const params = parseArgument(paramsSchema, given ?? {}, "sse.open params");
  const target = parseUrl(url);
  const headers: Record<string, string> = {
    "user-agent": user.run.userAgent,
    accept: "text/event-stream",
  };
  for (const [name, value] of Object.entries(params.headers ?? {})) {
    headers[name.toLowerCase()] = String(value);
  }
  const hasTimeout = params.timeout !== undefined && params.timeout !== null;
  const timeoutMs = hasTimeout ? parseDuration(String(params.timeout)) : 0;
  if (timeoutMs === undefined) {
    throw new HostError(`invalid sse.open() timeout: "${String(params.timeout)}"`);
  }
  return {
    request: {
      url: target,
      method: (params.method ?? "GET").trim() || "GET",
      headers,
      body: params.body === undefined ? "" : String(params.body).trim(),
      timeoutMs,
    },
    tags: parseTags(params.tags),
  };
}

/** xk6-sse panics on an invalid URL; here the script gets an error. */
function parseUrl(url: string): URL {
  if (!URL.canParse(url)) throw new HostError(`sse.open(): invalid URL "${url}"`);
  const target = new URL(url);
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    throw new HostError(`sse.open(): unsupported protocol scheme in "${url}"`);
  }
  return target;
}
