import type { Socket } from "node:net";
import { Client, type Dispatcher } from "undici";
import type { RunClock } from "../run-clock.ts";
import type { ConnectorFor } from "./connector.ts";
import { canonicalHeaders } from "./header-names.ts";
import {
  describeFault,
  TIMED_OUT_AWAITING_HEADERS,
  TIMED_OUT_READING_BODY,
} from "./network-fault.ts";
import { MAX_REDIRECTS, type NextRequest, redirectOf } from "./redirect.ts";
import { type SseEvent, SseLines } from "./sse-lines.ts";

export interface SseRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Limit for the whole exchange; 0 for none. */
  readonly timeoutMs: number;
}

/** What happens on a stream. All but `onFault` and `onEnd` run with the clock held at the moment of the socket read. */
export interface SseListener {
  readonly onHeaders: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly onEvent: (event: SseEvent) => void;
  /** The stream broke after its headers, or a line was none of the format's. It is still open, as with xk6-sse. */
  readonly onError: (message: string) => void;
  /** No response came at all. */
  readonly onFault: (message: string) => void;
  /** The server ended the stream well. */
  readonly onEnd: () => void;
  readonly onSocket: (socket: Socket) => void;
}

/**
 * One request whose answer is read as server-sent events. It has a connection of its own that ends with it, as with
 * xk6-sse: so the time to the first token includes connecting on both engines. The time is taken when the first bytes
 * of a socket read arrive, before anything is looked at, and every event of that read is delivered at that time.
 */
export class SseStream {
  readonly #request: SseRequest;
  readonly #listener: SseListener;
  readonly #clock: RunClock;
  readonly #connectorFor: ConnectorFor;
  readonly #lines: SseLines;
  #client: Client | null = null;
  #localEnd: string | null = null;
  #redirects = 0;
  #timer: NodeJS.Timeout | null = null;
  #phase: "awaiting-headers" | "reading" | "broken" | "closed" = "awaiting-headers";
  #readAtMs: number | null = null;

  constructor(
    request: SseRequest,
    listener: SseListener,
    clock: RunClock,
    connectorFor: ConnectorFor,
  ) {
    this.#request = request;
    this.#listener = listener;
    this.#clock = clock;
    this.#connectorFor = connectorFor;
    this.#lines = new SseLines({
      onEvent: listener.onEvent,
      onUnknownLine: (line) => listener.onError(`unknown event: ${line}`),
      isClosed: () => this.#phase === "closed",
    });
  }

  open(): void {
    const { url, method, body, timeoutMs } = this.#request;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#timedOut(), timeoutMs);
    this.#send(url, method, body);
  }

  #send(url: URL, method: string, body: string): void {
    const client = new Client(url.origin, {
      pipelining: 1,
      bodyTimeout: 0,
      headersTimeout: 0,
      connect: this.#connectorFor((socket) => {
        this.#localEnd = `${socket.localAddress}:${socket.localPort}`;
        this.#listener.onSocket(socket);
      }),
    });
    this.#client = client;
    client.dispatch(
      {
        path: url.pathname + url.search,
        method: toMethod(method),
        headers: this.#request.headers,
        body: body === "" ? null : body,
      },
      this.#handler(client, { url, method }),
    );
  }

  /** Let go of the connection; nothing is delivered any more. */
  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#letGo();
  }

  #letGo(): void {
    this.#client?.destroy().catch(() => {});
    this.#client = null;
  }

  #handler(client: Client, sent: { url: URL; method: string }): Dispatcher.DispatchHandler {
    return {
      onRequestStart: () => {},
      onResponseStart: (_controller, status, headers) => {
        if (this.#phase !== "awaiting-headers" || client !== this.#client) return;
        const { location } = headers;
        const next = redirectOf(status, typeof location === "string" ? location : undefined, sent);
        if (next !== null) {
          this.#follow(next);
          return;
        }
        this.#phase = "reading";
        this.#atReadTime(() => this.#listener.onHeaders(status, canonicalHeaders(headers)));
      },
      onResponseData: (_controller, chunk) => {
        if (this.#phase !== "reading" || client !== this.#client) return;
        this.#clock.holdAt(this.#readTime());
        try {
          this.#lines.push(chunk);
        } finally {
          this.#clock.release();
        }
      },
      onResponseEnd: () => {
        if (this.#phase === "reading" && client === this.#client) this.#listener.onEnd();
      },
      onResponseError: (_controller, error) => {
        if (client === this.#client) this.#failed(error);
      },
    };
  }

  #follow({ url, method, keepsBody }: NextRequest): void {
    this.#letGo();
    this.#redirects += 1;
    if (this.#redirects > MAX_REDIRECTS) this.#fault(`stopped after ${MAX_REDIRECTS} redirects`);
    else this.#send(url, method, keepsBody ? this.#request.body : "");
  }

  /** One time for all that one socket read brings: it is forgotten when the read has been worked through. */
  #readTime(): number {
    if (this.#readAtMs === null) {
      this.#readAtMs = this.#clock.liveMs();
      queueMicrotask(() => {
        this.#readAtMs = null;
      });
    }
    return this.#readAtMs;
  }

  #atReadTime(act: () => void): void {
    this.#clock.holdAt(this.#readTime());
    try {
      act();
    } finally {
      this.#clock.release();
    }
  }

  #timedOut(): void {
    if (this.#phase === "awaiting-headers") {
      this.#fault(TIMED_OUT_AWAITING_HEADERS);
    } else if (this.#phase === "reading") {
      this.#break(TIMED_OUT_READING_BODY);
    }
  }

  #failed(error: unknown): void {
    if (this.#phase === "awaiting-headers") {
      this.#fault(describeFault(error, this.#request.url, this.#localEnd).message);
    } else if (this.#phase === "reading") {
      const { message } = describeFault(error, this.#request.url, this.#localEnd);
      this.#break(message === "EOF" ? "unexpected EOF" : message);
    }
  }

  #fault(message: string): void {
    const { method, url } = this.#request;
    this.close();
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    this.#listener.onFault(`${verb} "${url.href}": ${message}`);
  }

  #break(message: string): void {
    this.#phase = "broken";
    this.#letGo();
    this.#listener.onError(message);
  }
}

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;

function toMethod(method: string): Dispatcher.HttpMethod {
  const known = METHODS.find((name) => name === method);
  if (known === undefined) throw new Error(`no HTTP method "${method}"`);
  return known;
}
