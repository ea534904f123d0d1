import { expect, test } from "vitest";
import { CLIENTS } from "../../../lib/clients/registry.ts";
import type { GenerationRequest } from "../../../lib/clients/stream-client.ts";

const REQUEST: GenerationRequest = {
  model: "m",
  messages: [{ role: "user", content: "Hi" }],
  tools: null,
  maxTokens: 7,
  exactLength: true,
  seed: 3,
};

const STANDARD = {
  model: "m",
  messages: [{ role: "user", content: "Hi" }],
  max_tokens: 7,
  temperature: 0,
  seed: 3,
  stream: true,
  stream_options: { include_usage: true },
};

test("openai-chat sends no vendor's field, also where an exact length is wished for", () => {
  const { path, body } = CLIENTS["openai-chat"].buildRequest(REQUEST);
  expect(path).toBe("/v1/chat/completions");
  expect(JSON.parse(body)).toEqual(STANDARD);
});

test("vllm-chat makes every answer as long as asked for", () => {
  const { body } = CLIENTS["vllm-chat"].buildRequest(REQUEST);
  expect(JSON.parse(body)).toEqual({ ...STANDARD, ignore_eos: true, min_tokens: 7 });
});

test("vllm-chat lets an answer end early where no exact length is asked for", () => {
  const { body } = CLIENTS["vllm-chat"].buildRequest({ ...REQUEST, exactLength: false });
  expect(JSON.parse(body)).toEqual(STANDARD);
});
