import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ServedRequest } from "../../model-server/request-log.ts";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { metric, post, startTestServer } from "../support/model-server.ts";

const served: ServedRequest[] = [];
let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer({ onRequestEnd: (request) => served.push(request) });
});
afterAll(() => server.close());

const completion = z.object({
  choices: z.tuple([
    z.object({
      text: z.string(),
      finish_reason: z.enum(["stop", "length"]),
      stop_reason: z.union([z.string(), z.number()]).nullable(),
    }),
  ]),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }),
});

async function complete(fields: object) {
  const body = { prompt: "My fellow citizens", temperature: 0, ignore_eos: true, ...fields };
  const { text } = await post(`${server.url}/v1/completions`, body);
  const { choices, usage } = completion.parse(JSON.parse(text));
  return { ...choices[0], tokens: usage.completion_tokens };
}

describe("the end of a text", () => {
  test("max_tokens is kept exactly", async () => {
    expect(await complete({ max_tokens: 23 })).toMatchObject({
      finish_reason: "length",
      stop_reason: null,
      tokens: 23,
    });
  });

  test("without max_tokens a chat fills the context window", async () => {
    const body = { messages: [{ role: "user", content: "law" }], ignore_eos: true };
    const { text } = await post(`${server.url}/v1/chat/completions`, body);
    const models = await (await fetch(`${server.url}/v1/models`)).json();
    const window = z.object({ data: z.tuple([z.object({ max_model_len: z.int() })]) });
    const usage = z.object({ usage: z.object({ total_tokens: z.int() }) });
    expect(usage.parse(JSON.parse(text)).usage.total_tokens).toBe(
      window.parse(models).data[0].max_model_len,
    );
  });

  test("a stop string over several tokens cuts the text before it", async () => {
    const whole = (await complete({ max_tokens: 40 })).text;
    const stop = whole.slice(17, 25);
    const cut = await complete({ max_tokens: 40, stop });
    expect(cut).toMatchObject({ finish_reason: "stop", stop_reason: stop });
    expect(cut.text).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(cut.tokens).toBeLessThan(40);
    const kept = await complete({ max_tokens: 40, stop, include_stop_str_in_output: true });
    expect(kept.text).toBe(whole.slice(0, whole.indexOf(stop) + stop.length));
  });

  test("a stop string that never comes changes nothing", async () => {
    const whole = await complete({ max_tokens: 40 });
    expect(await complete({ max_tokens: 40, stop: [`${whole.text}!`, "\u0001"] })).toEqual(whole);
  });

  test("min_tokens holds a stop string off", async () => {
    const whole = (await complete({ max_tokens: 40 })).text;
    const late = await complete({ max_tokens: 40, stop: whole.slice(0, 3), min_tokens: 40 });
    expect(late).toMatchObject({ text: whole, tokens: 40 });
  });

  test("a stop token ends the text and counts as a token", async () => {
    const all = Array.from({ length: 64 }, (_, id) => id + 1);
    const stopped = await complete({ max_tokens: 100, stop_token_ids: all, temperature: 2 });
    if (stopped.finish_reason === "stop") expect(all).toContain(stopped.stop_reason);
    else expect(stopped.tokens).toBe(100);
  });
});

describe("what the server tells of itself", () => {
  test("the request id comes back, in the answer and in the log, with a time a token", async () => {
    const { headers, text } = await post(
      `${server.url}/v1/completions`,
      { prompt: "the law", max_tokens: 7, ignore_eos: true },
      { "X-Request-Id": "run-7" },
    );
    expect(headers.get("x-request-id")).toBe("run-7");
    expect(JSON.parse(text)).toMatchObject({ id: "cmpl-run-7" });
    const seen = served.find(({ id }) => id === "run-7");
    expect(seen).toMatchObject({ outcome: "length" });
    expect(seen?.flushMs).toHaveLength(7);
    expect(seen?.flushMs.toSorted((a, b) => a - b)).toEqual(seen?.flushMs);
  });

  test("metrics agree with the usage of the answers", async () => {
    const names = ["vllm:prompt_tokens_total", "vllm:generation_tokens_total"] as const;
    const read = () => Promise.all(names.map((name) => metric(server, name)));
    const finished = (reason: string) =>
      metric(server, "vllm:request_success_total", { finished_reason: reason });
    const [before, lengthBefore] = [await read(), await finished("length")];
    const usage = z.object({
      usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }),
    });
    const answers = await Promise.all(
      [1, 5, 17, 30].map((max_tokens) =>
        post(`${server.url}/v1/completions`, { prompt: "peace", max_tokens, ignore_eos: true }),
      ),
    );
    const usages = answers.map(({ text }) => usage.parse(JSON.parse(text)).usage);
    const after = await read();
    expect(after.map((value, index) => value - (before[index] ?? 0))).toEqual([
      usages.reduce((sum, { prompt_tokens }) => sum + prompt_tokens, 0),
      usages.reduce((sum, { completion_tokens }) => sum + completion_tokens, 0),
    ]);
    expect((await finished("length")) - lengthBefore).toBe(4);
    expect(await metric(server, "vllm:num_requests_running")).toBe(0);
  });

  test("one gap fewer than tokens enters the inter-token histogram", async () => {
    const name = "vllm:inter_token_latency_seconds_count";
    const before = await metric(server, name);
    await complete({ max_tokens: 9 });
    expect((await metric(server, name)) - before).toBe(8);
  });

  test("the log file has a line a request", async () => {
    const folder = await mkdtemp(join(tmpdir(), "request-log-"));
    const requestLog = join(folder, "requests.ndjson");
    const logged = await startTestServer({ requestLog });
    const body = { prompt: "the law", max_tokens: 3, ignore_eos: true };
    await post(`${logged.url}/v1/completions`, body, { "X-Request-Id": "a" });
    await post(`${logged.url}/v1/completions`, body, { "X-Request-Id": "b" });
    await logged.close();
    const lines = (await readFile(requestLog, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: "a", outcome: "length", promptTokens: expect.any(Number) },
      { id: "b", outcome: "length" },
    ]);
    await rm(folder, { recursive: true });
  });
});
