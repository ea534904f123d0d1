import { once } from "node:events";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { ServedRequest } from "../../model-server/request-log.ts";
import type { ModelServer, ModelServerOptions } from "../../model-server/start-model-server.ts";
import {
  eventsOf,
  metric,
  post,
  SCRIPTED_ENGINE,
  startTestServer,
} from "../support/model-server.ts";

const servers: ModelServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: Partial<ModelServerOptions> = {}): Promise<ModelServer> {
  const server = await startTestServer({ workerUrl: SCRIPTED_ENGINE, ...options });
  servers.push(server);
  return server;
}

const ENDLESS = { prompt: [5, 6], stream: true, max_tokens: 120 };
/** See test/support/scripted-engine.mjs. */
const CRASH = 101;
const FAIL = 102;

/** A stream that is known to be under way. */
async function stream(server: ModelServer, headers: Record<string, string> = {}) {
  const leaver = new AbortController();
  const response = await fetch(`${server.url}/v1/completions`, {
    method: "POST",
    body: JSON.stringify(ENDLESS),
    signal: leaver.signal,
    headers,
  });
  const reader = response.body?.getReader();
  await reader?.read();
  const rest = async (): Promise<string> => {
    let text = "";
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) return text;
      text += new TextDecoder().decode(piece.value);
    }
  };
  return { leave: () => leaver.abort(), rest };
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

const running = (server: ModelServer) => metric(server, "vllm:num_requests_running");
const waiting = (server: ModelServer) => metric(server, "vllm:num_requests_waiting");
const ended = (server: ModelServer, reason: string) =>
  metric(server, "vllm:request_success_total", { finished_reason: reason });

describe("clients that go away", () => {
  test("one that streams leaves the batch", async () => {
    const served: ServedRequest[] = [];
    const server = await start({ onRequestEnd: (request) => served.push(request) });
    const client = await stream(server, { "X-Request-Id": "leaver" });
    expect(await running(server)).toBe(1);
    client.leave();
    await eventually(async () => (await ended(server, "abort")) === 1);
    expect(await running(server)).toBe(0);
    expect(served).toMatchObject([{ id: "leaver", outcome: "abort" }]);
    expect(served[0]?.flushMs.length).toBeGreaterThan(0);
  });

  test("one that waits leaves the queue", async () => {
    const server = await start({ maxBatch: 1 });
    await stream(server);
    const call = request(`${server.url}/v1/completions`, { method: "POST" });
    call.on("error", () => {});
    call.end(JSON.stringify(ENDLESS));
    await once(call, "response");
    expect(await waiting(server)).toBe(1);
    call.destroy();
    await eventually(async () => (await waiting(server)) === 0);
    expect(await running(server)).toBe(1);
  });

  test("one that goes away while it still sends its body leaves nothing behind", async () => {
    const server = await start();
    const call = request(`${server.url}/v1/completions`, {
      method: "POST",
      headers: { "Content-Length": 1_000 },
    });
    call.on("error", () => {});
    call.write('{"prompt": [5], ');
    await sleep(20);
    call.destroy();
    expect(
      (await post(`${server.url}/v1/completions`, { prompt: [5], max_tokens: 1 })).status,
    ).toBe(200);
    expect([await running(server), await waiting(server)]).toEqual([0, 0]);
  });
});

describe("a full queue", () => {
  test("answers 429, counts it, and takes requests again when there is room", async () => {
    const server = await start({ maxBatch: 1, maxWaiting: 1 });
    const first = await stream(server);
    const queued = new AbortController();
    await fetch(`${server.url}/v1/completions`, {
      method: "POST",
      body: JSON.stringify(ENDLESS),
      signal: queued.signal,
    });
    const refused = await post(`${server.url}/v1/completions`, ENDLESS);
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 429 } });
    const labels = { reason: "max_num_queued_reqs" };
    expect(await metric(server, "vllm:admission_rejections_total", labels)).toBe(1);
    queued.abort();
    first.leave();
    await eventually(async () => (await running(server)) === 0 && (await waiting(server)) === 0);
    const later = await post(`${server.url}/v1/completions`, { prompt: [5], max_tokens: 2 });
    expect(later.status).toBe(200);
  });
});

describe("an engine that fails", () => {
  test("a sequence's failure is told in its stream, and the others go on", async () => {
    const server = await start();
    const other = await stream(server);
    const failed = await post(`${server.url}/v1/completions`, { ...ENDLESS, prompt: [FAIL] });
    expect(failed.status).toBe(200);
    expect(eventsOf(failed.text)).toMatchObject([
      { error: { code: 500, message: "the model was told to fail" } },
      "[DONE]",
    ]);
    expect(await ended(server, "error")).toBe(1);
    expect(await running(server)).toBe(1);
    other.leave();
  });

  test("a failure before a whole answer is a 500", async () => {
    const server = await start();
    const { status, text } = await post(`${server.url}/v1/completions`, { prompt: [FAIL] });
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ error: { type: "InternalServerError" } });
  });

  test("a thread that dies ends every stream with an error and turns health to 503", async () => {
    const server = await start();
    const other = await stream(server);
    const crashed = await post(`${server.url}/v1/completions`, { ...ENDLESS, prompt: [CRASH] });
    const error = { error: { code: 500, message: expect.stringContaining("told to crash") } };
    expect(eventsOf(crashed.text).at(-2)).toMatchObject(error);
    expect(eventsOf(await other.rest()).at(-2)).toMatchObject(error);
    expect((await fetch(`${server.url}/health`)).status).toBe(503);
    const later = await post(`${server.url}/v1/completions`, ENDLESS);
    expect(later.status).toBe(503);
    expect(await running(server)).toBe(0);
  });
});

describe("a server that closes", () => {
  test("tells streams that are not over, then listens no more", async () => {
    const server = await start();
    const client = await stream(server);
    await server.close();
    const events = eventsOf(await client.rest());
    expect(events.at(-1)).toBe("[DONE]");
    expect(events.at(-2)).toMatchObject({ error: { message: "the server is shutting down" } });
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  test("closes twice as once", async () => {
    const server = await start();
    await Promise.all([server.close(), server.close()]);
  });
});
