import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { metric, post, startTestServer, TINY_MODEL } from "../support/model-server.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer({ servedModelName: "smol" });
});
afterAll(() => server.close());

const errorBody = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.int(),
  }),
});

function recordedError(name: string) {
  const url = new URL(`../fixtures/streams/vllm-0.32-${name}.http`, import.meta.url);
  const text = readFileSync(url, "utf8").replaceAll("\r\n", "\n");
  return errorBody.parse(JSON.parse(text.slice(text.indexOf("\n\n") + 2))).error;
}

async function refusal(path: string, body: unknown) {
  const { status, text } = await post(`${server.url}${path}`, body);
  const { error } = errorBody.parse(JSON.parse(text));
  expect(error.code).toBe(status);
  return error;
}

const CHAT = { messages: [{ role: "user", content: "hello" }] };
const chat = (fields: object) => refusal("/v1/chat/completions", { ...CHAT, ...fields });

describe("errors", () => {
  test("an unknown model is vLLM's 404, word for word", async () => {
    expect(await chat({ model: "nope" })).toEqual(recordedError("unknown-model"));
  });

  test("more tokens than the context window is vLLM's 400, word for word", async () => {
    const models = z.object({ data: z.tuple([z.object({ max_model_len: z.int() })]) });
    const list = models.parse(await (await fetch(`${server.url}/v1/models`)).json());
    const wanted = recordedError("too-long");
    expect(await chat({ max_tokens: 800_000 })).toEqual({
      ...wanted,
      message: wanted.message.replace(
        "max_model_len=512",
        `max_model_len=${list.data[0].max_model_len}`,
      ),
    });
  });

  test("a body that is no JSON is 400 and says where", async () => {
    const { message, type, code } = await refusal("/v1/chat/completions", '{"messages": [');
    const wanted = recordedError("bad-json");
    expect({ type, code }).toEqual({ type: wanted.type, code: wanted.code });
    expect(message).toContain("json_invalid");
  });

  test.each([
    ["no messages", { messages: undefined }, "body.messages"],
    ["empty messages", { messages: [] }, "body.messages"],
    ["a message without a role", { messages: [{ content: "x" }] }, "body.messages.0.role"],
    ["max_tokens as text", { max_tokens: "8" }, "body.max_tokens"],
    ["max_tokens 0", { max_tokens: 0 }, "body.max_tokens"],
    ["max_tokens 1.5", { max_tokens: 1.5 }, "body.max_tokens"],
    ["a negative temperature", { temperature: -1 }, "body.temperature"],
    ["top_p 0", { top_p: 0 }, "body.top_p"],
    ["top_p 1.1", { top_p: 1.1 }, "body.top_p"],
    ["top_k -2", { top_k: -2 }, "body.top_k"],
    ["a seed as text", { seed: "x" }, "body.seed"],
    ["an empty stop string", { stop: [""] }, "body.stop"],
    ["stream as text", { stream: "yes" }, "body.stream"],
  ])("%s is 400 and names the field", async (_, fields, field) => {
    const error = await chat(fields);
    expect(error).toMatchObject({ code: 400, type: "Bad Request" });
    expect(error.param).toContain(field);
    expect(error.message).toContain(field);
  });

  test.each([
    ["two answers", { n: 2 }, "n"],
    ["log-probabilities", { logprobs: true }, "logprobs"],
    ["a presence penalty", { presence_penalty: 0.5 }, "presence_penalty"],
    ["a tool that must be called", { tool_choice: "required" }, "tool_choice"],
    [
      "stream options without a stream",
      { stream_options: { include_usage: true } },
      "stream_options",
    ],
    ["min_tokens over max_tokens", { min_tokens: 9, max_tokens: 8 }, "min_tokens"],
  ])("%s is refused rather than ignored", async (_, fields, field) => {
    expect(await chat(fields)).toMatchObject({ code: 400, type: "BadRequestError", param: field });
  });

  test("parameters that ask for nothing pass", async () => {
    const body = { ...CHAT, max_tokens: 1, n: 1, logprobs: false, tools: [], presence_penalty: 0 };
    expect((await post(`${server.url}/v1/chat/completions`, body)).status).toBe(200);
  });

  test("a prompt longer than the context window is 400 and says by how much", async () => {
    const error = await refusal("/v1/completions", { prompt: Array(5_000).fill(5), max_tokens: 1 });
    expect(error).toMatchObject({ code: 400, param: "input_tokens" });
    expect(error.message).toContain("your prompt contains 5000 input tokens");
  });

  test("an empty prompt and a token outside the vocabulary are 400", async () => {
    expect(await refusal("/v1/completions", { prompt: "" })).toMatchObject({ code: 400 });
    expect((await refusal("/v1/completions", { prompt: [9_999_999] })).message).toBe(
      "Token id 9999999 is out of vocabulary",
    );
  });

  test("a body that is too long is 413", async () => {
    const body = { ...CHAT, user: "x".repeat(5 * 1024 * 1024) };
    expect(await refusal("/v1/chat/completions", body)).toMatchObject({ code: 413 });
  });

  test("an unknown path is 404, a known one with another method 405", async () => {
    expect((await fetch(`${server.url}/v2/models`)).status).toBe(404);
    const wrongMethod = await fetch(`${server.url}/v1/chat/completions`);
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get("allow")).toBe("POST");
  });

  test("a refused request is in no metric of generated tokens", async () => {
    const before = await metric(server, "vllm:generation_tokens_total");
    await chat({ model: "nope" });
    expect(await metric(server, "vllm:generation_tokens_total")).toBe(before);
    expect(await metric(server, "vllm:num_requests_waiting")).toBe(0);
  });
});

describe("a server that wants a key", () => {
  test("answers 401 without it under /v1 and where text is generated, and nowhere else", async () => {
    const locked = await startTestServer({ apiKey: "s3cret" });
    try {
      const url = `${locked.url}/v1/models`;
      const refused = await fetch(url);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({ error: "Unauthorized" });
      const wrong = await fetch(url, { headers: { Authorization: "Bearer other" } });
      expect(wrong.status).toBe(401);
      const right = await fetch(url, { headers: { Authorization: "Bearer s3cret" } });
      expect(right.status).toBe(200);
      const body = { inputs: "a", parameters: { max_new_tokens: 1 } };
      expect((await post(`${locked.url}/generate`, body)).status).toBe(401);
      const key = { Authorization: "Bearer s3cret" };
      expect((await post(`${locked.url}/generate`, body, key)).status).toBe(200);
      expect((await fetch(`${locked.url}/health`)).status).toBe(200);
    } finally {
      await locked.close();
    }
  });
});

describe("a server that can't start", () => {
  test("says which port is taken", async () => {
    await expect(startTestServer({ port: server.port })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    });
  });

  test("says what is missing in a directory without a model", async () => {
    const directory = await mkdtemp(join(tmpdir(), "no-model-"));
    try {
      await expect(startTestServer({ modelDirectory: directory })).rejects.toMatchObject({
        name: "UserError",
        message: expect.stringContaining(directory),
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("says so where its thread can't even start", async () => {
    const workerUrl = new URL("./no-such-worker.mjs", import.meta.url);
    await expect(startTestServer({ workerUrl })).rejects.toThrow("no-such-worker.mjs");
  });

  test("says which file of a model is cut short", async () => {
    const directory = await mkdtemp(join(tmpdir(), "cut-model-"));
    try {
      await cp(TINY_MODEL, directory, { recursive: true });
      const graph = join(directory, "model.onnx");
      await truncate(graph, 60_000);
      await expect(startTestServer({ modelDirectory: directory })).rejects.toMatchObject({
        name: "UserError",
        message: expect.stringContaining(graph),
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
