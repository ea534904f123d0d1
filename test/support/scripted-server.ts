import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with one chat request. */
type Behaviour =
  /** A vLLM-like chat stream: role delta, `tokens` content deltas, finish, usage, `[DONE]`. */
  | {
      readonly kind: "stream";
      readonly tokens?: number;
      readonly firstMs?: number;
      readonly gapMs?: number;
      /** Stop after that many content deltas, in the given manner. */
      readonly stopAfter?: number;
      readonly stop?: "close" | "reset" | "silence";
    }
  /** An answer without a stream. */
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  /** Accepts the request and never answers. */
  | { readonly kind: "silent" };

/** A chat request as the server saw it. */
interface SeenRequest {
  readonly id: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
  readonly atEpochMs: number;
}

export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Stops listening and drops every connection, as a killed process does. */
  readonly kill: () => Promise<void>;
}

export interface ScriptedServerOptions {
  /** What to do with the n-th request, from 0; a promise leaves it waiting. */
  readonly behave?: (request: number) => Behaviour | Promise<Behaviour>;
  readonly models?: readonly string[];
  /** 0 takes a free one. */
  readonly port?: number;
}

/** A loopback server that behaves as it is told, and remembers what it saw. Faults of all kinds: the ground-truth server. */
export async function startScriptedServer(
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const behave = options.behave ?? (() => ({ kind: "stream" }) as const);
  const models = options.models ?? ["scripted"];
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    handle(request, response, behave, models, seen).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((listening) => {
    server.listen(options.port ?? 0, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    kill: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  behave: (request: number) => Behaviour | Promise<Behaviour>,
  models: readonly string[],
  seen: SeenRequest[],
): Promise<void> {
  if (request.method === "GET" && request.url === "/v1/models") {
    json(response, 200, { object: "list", data: models.map((id) => ({ id, object: "model" })) });
    return;
  }
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
    json(response, 404, { error: { message: "no such route" } });
    return;
  }
  const atEpochMs = Date.now();
  const body: unknown = JSON.parse(await readBody(request));
  const number = seen.length;
  const { authorization } = request.headers;
  seen.push({ id: String(request.headers["x-request-id"]), body, authorization, atEpochMs });
  await perform(await behave(number), request, response);
}

async function perform(
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (behaviour.kind) {
    case "status":
      response.writeHead(behaviour.status, { "content-type": "application/json" });
      response.end(behaviour.body ?? '{"error":{"message":"scripted"}}');
      return;
    case "silent":
      return;
    case "stream":
      await stream(behaviour, request, response);
      return;
    default:
      behaviour satisfies never;
  }
}

async function stream(
  script: Extract<Behaviour, { kind: "stream" }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const tokens = script.tokens ?? 8;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  await pause(script.firstMs ?? 0);
  send(response, chunk({ role: "assistant", content: "" }));
  for (let token = 0; token < tokens; token++) {
    if (token === script.stopAfter) {
      stop(script.stop ?? "close", request, response);
      return;
    }
    if (token > 0) await pause(script.gapMs ?? 0);
    send(response, chunk({ content: ` w${token}` }));
  }
  send(response, chunk({}, "length"));
  const usage = { prompt_tokens: 9, completion_tokens: tokens, total_tokens: 9 + tokens };
  send(response, { id: "chatcmpl-1", model: "scripted", choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function stop(
  manner: "close" | "reset" | "silence",
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (manner === "reset") request.socket.resetAndDestroy();
  else if (manner === "close") response.end();
}

function chunk(delta: object, finishReason: string | null = null): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_795_494_320,
    model: "scripted",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

function send(response: ServerResponse, data: object): void {
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function pause(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((done) => setTimeout(done, ms));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
