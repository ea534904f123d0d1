import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../model-server/ground-truth/faults.ts";
import { useGroundTruth } from "../support/ground-truth.ts";
import { HAS_SIGNALS } from "../support/has-signals.ts";
import { eventsOf, post } from "../support/model-server.ts";
import { TemporaryProject } from "../support/temporary-project.ts";
import { startTradeoff, tradeoff } from "../support/tradeoff-command.ts";

const { served, serve, close } = useGroundTruth({ ttftMs: 4, gapMs: 2, tokens: 3 });

const CHAT = { messages: [{ role: "user", content: "two words" }], stream: true };

/** All that comes of an answer before its connection ends or breaks. */
async function bytesOf(url: string, body: object): Promise<Buffer> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const parts: Uint8Array[] = [];
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read().catch(() => undefined);
    if (part?.value === undefined) return Buffer.concat(parts);
    parts.push(part.value);
  }
}

describe("the protocols", () => {
  test("chat as vLLM streams it, as long as asked for, with usage where asked for", async () => {
    const url = `${await serve()}/v1/chat/completions`;
    const asked = { ...CHAT, max_tokens: 2, stream_options: { include_usage: true } };
    const { status, headers, text } = await post(url, asked, { "X-Request-Id": "mine" });
    expect([status, headers.get("x-request-id")]).toEqual([200, "mine"]);
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(eventsOf(text)).toMatchObject([
      { choices: [{ delta: { role: "assistant", content: "" }, finish_reason: null }] },
      { choices: [{ delta: { content: " w0" }, finish_reason: null }] },
      { choices: [{ delta: { content: " w1" }, finish_reason: "length" }] },
      { choices: [], usage: { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 } },
      "[DONE]",
    ]);
    expect(served).toMatchObject([{ id: "mine", request: 0, fault: null, outcome: "length" }]);
  });

  test("completions, of the server's own length, with usage on each chunk", async () => {
    const url = `${await serve()}/v1/completions`;
    const stream_options = { continuous_usage_stats: true };
    const { text } = await post(url, { prompt: "one", stream: true, stream_options });
    expect(eventsOf(text)).toMatchObject([
      { choices: [{ text: " w0" }], usage: { completion_tokens: 1 } },
      { choices: [{ text: " w1" }], usage: { completion_tokens: 2 } },
      { choices: [{ text: " w2", finish_reason: "length" }], usage: { completion_tokens: 3 } },
      "[DONE]",
    ]);
  });

  test("an answer in one object", async () => {
    const url = `${await serve()}/v1/chat/completions`;
    const { text } = await post(url, { ...CHAT, stream: false });
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: " w0 w1 w2" }, finish_reason: "length" }],
      usage: { completion_tokens: 3 },
    });
  });

  test("TGI's stream: details on its last token, and no end marker", async () => {
    const url = `${await serve()}/generate_stream`;
    const { text } = await post(url, { inputs: "a b", parameters: { max_new_tokens: 2 } });
    expect(eventsOf(text)).toMatchObject([
      { index: 1, token: { text: " w0", special: false }, generated_text: null, details: null },
      {
        index: 2,
        token: { text: " w1" },
        generated_text: " w0 w1",
        details: { finish_reason: "length", generated_tokens: 2, input_length: 2 },
      },
    ]);
  });

  test.each([{ max_tokens: 2 }, { parameters: { max_tokens: 2, stream: true } }])(
    "Triton's stream, its length by %j",
    async (length) => {
      const url = `${await serve({ model: "ensemble" })}/v2/models/ensemble/generate_stream`;
      const { text } = await post(url, { text_input: "a", ...length });
      expect(eventsOf(text)).toEqual([
        { model_name: "ensemble", model_version: "1", text_output: " w0" },
        { model_name: "ensemble", model_version: "1", text_output: " w1" },
      ]);
    },
  );

  test("classification, one text or several", async () => {
    const url = await serve();
    const one = await post(`${url}/predict`, { inputs: "a" });
    expect(JSON.parse(one.text)).toEqual([{ label: "POSITIVE", score: 0.75 }]);
    const two = await post(`${url}/classify`, { input: ["a b", "c"] });
    expect(JSON.parse(two.text)).toMatchObject({
      data: [{ index: 0 }, { index: 1 }],
      usage: { prompt_tokens: 3 },
    });
  });

  test("what a client asks before it sends anything", async () => {
    const url = await serve();
    const get = async (path: string) => (await fetch(url + path)).json();
    expect(await get("/v1/models")).toMatchObject({ data: [{ id: "ground-truth" }] });
    expect(await get("/info")).toMatchObject({ model_id: "ground-truth" });
    for (const path of ["/health", "/v2/health/ready", "/v2/models/ground-truth/ready"]) {
      expect((await fetch(url + path)).status).toBe(200);
    }
  });

  test("a body of another form is a 400 that names the field", async () => {
    const { status, text } = await post(`${await serve()}/generate_stream`, { inputs: 5 });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error: { param: "body.inputs" } });
  });
});

describe("its account of itself", () => {
  test("each token was planned a gap after the one before, and flushed no earlier", async () => {
    await post(`${await serve()}/v1/chat/completions`, { ...CHAT, max_tokens: 5 });
    const [{ flushMs, lateMs, receivedMs } = { flushMs: [], lateMs: [], receivedMs: 0 }] = served;
    const plannedMs = flushMs.map((ms, i) => ms - (lateMs[i] ?? Number.NaN) - receivedMs);
    expect(plannedMs.map((ms) => Math.round(ms * 100) / 100)).toEqual([4, 6, 8, 10, 12]);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  });

  test("many streams at once each have their own times, in order", async () => {
    const url = `${await serve({ gapMs: 3 })}/v1/chat/completions`;
    const answers = Array.from({ length: 50 }, () => post(url, { ...CHAT, max_tokens: 10 }));
    for (const { text } of await Promise.all(answers)) expect(eventsOf(text)).toHaveLength(12);
    expect(served.map(({ flushMs }) => flushMs.length)).toEqual(Array(50).fill(10));
    for (const { flushMs } of served) expect(flushMs).toEqual(flushMs.toSorted((a, b) => a - b));
  });

  test("without gaps an answer goes out in one write", async () => {
    const url = `${await serve({ gapMs: 0 })}/v1/chat/completions`;
    const { text } = await post(url, { ...CHAT, max_tokens: 500 });
    expect(eventsOf(text)).toHaveLength(502);
    expect(new Set(served[0]?.flushMs).size).toBe(1);
    expect(served[0]?.flushMs).toHaveLength(500);
  });

  test("a client that goes away is one, also where the stream would never end", async () => {
    const url = `${await serve({ faultOf: () => "endless" })}/v1/chat/completions`;
    const leaver = new AbortController();
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(CHAT),
      signal: leaver.signal,
    });
    await response.body?.getReader().read();
    leaver.abort();
    await expect.poll(() => served).toMatchObject([{ outcome: "abort", fault: "endless" }]);
  });

  test("what is under way when it closes is logged, too", async () => {
    using folder = new TemporaryProject();
    const requestLog = join(folder.root, "served.ndjson");
    const url = await serve({ requestLog, faultOf: () => "silent" });
    const answer = post(`${url}/v1/chat/completions`, CHAT, { "X-Request-Id": "left" });
    const refused = expect(answer).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close();
    await refused;
    const [line = ""] = readFileSync(requestLog, "utf8").split("\n");
    expect(JSON.parse(line)).toMatchObject({ id: "left", outcome: "abort", flushMs: [] });
  });
});

describe("faults on the wire", () => {
  const withFault = (fault: Fault) => serve({ faultOf: () => fault, tokens: 8 });

  test.each([
    ["http_500", 500, null],
    ["http_503", 503, null],
    ["http_429", 429, "1"],
  ] as const)("%s, on every path", async (fault, status, retryAfter) => {
    const url = await withFault(fault);
    for (const [path, body] of [
      ["/v1/chat/completions", CHAT],
      ["/generate_stream", { inputs: "a" }],
      ["/classify", { input: "a" }],
    ] as const) {
      const answer = await post(url + path, body);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retryAfter]);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { code: status } });
    }
  });

  test.each([
    ["cut", /"content":" w3"[^\n]*\n\n$/],
    ["cut_token", /"content":" w3"[^\n]*\n\ndata: [^\n]*"content":" $/],
    ["cut_utf8", /"content":" w3"[^\n]*\n\ndata: [^\n]*"content":" größer \uFFFD$/],
  ] as const)("%s comes after half the tokens", async (fault, end) => {
    const bytes = await bytesOf(`${await withFault(fault)}/v1/chat/completions`, CHAT);
    expect(bytes.toString("utf8")).toMatch(end);
    expect(served).toMatchObject([{ fault, outcome: "error" }]);
    expect(served[0]?.flushMs).toHaveLength(4);
  });

  test("a line of a megabyte is one event", async () => {
    const { text } = await post(`${await withFault("long_line")}/v1/chat/completions`, CHAT);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeGreaterThan(1024 * 1024);
    expect(eventsOf(text)).toHaveLength(10);
  });

  test("a fault that an answer can't have is not said to be one", async () => {
    const url = await withFault("lumps");
    expect((await post(`${url}/predict`, { inputs: "a" })).status).toBe(200);
    expect(served).toMatchObject([{ fault: null, outcome: "length" }]);
  });
});

describe("tradeoff ground-truth", () => {
  test("serves, logs, and ends when told", async () => {
    using folder = new TemporaryProject();
    const command = startTradeoff(folder.root, [
      ...["ground-truth", "--port", "0", "--ttft", "1", "--gap", "1", "--json"],
      ...["--log", "served.ndjson", "--faults", "http_503:1", "--seed", "3"],
    ]);
    const ready = await new Promise<string>((resolve) => {
      command.process.stdout?.once("data", (text) => resolve(String(text)));
    });
    const { url } = JSON.parse(ready);
    expect((await post(`${url}/v1/chat/completions`, CHAT)).status).toBe(503);
    command.process.kill("SIGTERM");
    expect((await command.end).code).toBe(HAS_SIGNALS ? 0 : null);
    const log = readFileSync(join(folder.root, "served.ndjson"), "utf8").trimEnd();
    expect(JSON.parse(log)).toMatchObject({ fault: "http_503", flushMs: [] });
  });

  test.each([
    [["--faults", "cutt:0.1"], /--faults: found "cutt", allowed: http_500/],
    [["--gap", "fast"], /--gap .*found "fast", allowed: milliseconds/],
    [["--log", "no/such/folder/log"], /can't write the log no\/such\/folder\/log/],
    [["--port", "70000"], /can't listen on 127\.0\.0\.1:70000/],
  ])("%j is misuse", async (flags, message) => {
    using folder = new TemporaryProject();
    const { code, stderr } = await tradeoff(folder.root, ["ground-truth", ...flags]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
