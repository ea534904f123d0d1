import { expect, test } from "vitest";
import { clientOf } from "../../../lib/clients/registry.ts";
import type { GenerationRequest } from "../../../lib/clients/stream-client.ts";
import { APIS, type Api } from "../../../lib/core/api.ts";

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
  const { path, body } = clientOf("openai-chat").buildRequest(REQUEST);
  expect(path).toBe("/v1/chat/completions");
  expect(JSON.parse(body)).toEqual(STANDARD);
});

test("vllm-chat makes every answer as long as asked for", () => {
  const { body } = clientOf("vllm-chat").buildRequest(REQUEST);
  expect(JSON.parse(body)).toEqual({ ...STANDARD, ignore_eos: true, min_tokens: 7 });
});

test("vllm-chat lets an answer end early where no exact length is asked for", () => {
  const { body } = clientOf("vllm-chat").buildRequest({ ...REQUEST, exactLength: false });
  expect(JSON.parse(body)).toEqual(STANDARD);
});

const { messages: _, ...SAMPLING } = STANDARD;
const SYSTEM_AND_USER: GenerationRequest = {
  ...REQUEST,
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
  ],
};

interface Asked {
  readonly path: string;
  /** With an exact length asked for. */
  readonly exact: object;
  /** Without. */
  readonly atMost: object;
}

// By the servers' own documents; an exact length is not asked of servers that would ignore it.
const ASKED: readonly (readonly [Api, Asked])[] = [
  [
    "vllm-completions",
    {
      path: "/v1/completions",
      exact: { ...SAMPLING, prompt: "Be brief.\n\nHi", ignore_eos: true, min_tokens: 7 },
      atMost: { ...SAMPLING, prompt: "Be brief.\n\nHi" },
    },
  ],
  [
    "sglang-chat",
    {
      path: "/v1/chat/completions",
      exact: {
        ...STANDARD,
        messages: SYSTEM_AND_USER.messages,
        ignore_eos: true,
        min_tokens: 7,
      },
      atMost: { ...STANDARD, messages: SYSTEM_AND_USER.messages },
    },
  ],
  [
    "llamacpp-chat",
    {
      path: "/v1/chat/completions",
      exact: { ...STANDARD, messages: SYSTEM_AND_USER.messages, ignore_eos: true },
      atMost: { ...STANDARD, messages: SYSTEM_AND_USER.messages },
    },
  ],
  [
    "tgi-chat",
    {
      path: "/v1/chat/completions",
      exact: { ...STANDARD, messages: SYSTEM_AND_USER.messages },
      atMost: { ...STANDARD, messages: SYSTEM_AND_USER.messages },
    },
  ],
  [
    "tgi-generate",
    {
      path: "/generate_stream",
      exact: {
        inputs: "Be brief.\n\nHi",
        parameters: { max_new_tokens: 7, do_sample: false, details: true },
      },
      atMost: {
        inputs: "Be brief.\n\nHi",
        parameters: { max_new_tokens: 7, do_sample: false, details: true },
      },
    },
  ],
  [
    "triton-generate",
    {
      path: "/v2/models/m/generate_stream",
      exact: {
        text_input: "Be brief.\n\nHi",
        parameters: {
          stream: true,
          max_tokens: 7,
          temperature: 0,
          seed: 3,
          ignore_eos: true,
          min_tokens: 7,
        },
      },
      atMost: {
        text_input: "Be brief.\n\nHi",
        parameters: { stream: true, max_tokens: 7, temperature: 0, seed: 3 },
      },
    },
  ],
];

test.each(ASKED)("%s asks in its server's words", (api, { path, exact, atMost }) => {
  const client = clientOf(api);
  const exactly = client.buildRequest(SYSTEM_AND_USER);
  expect(exactly.path).toBe(path);
  expect(JSON.parse(exactly.body)).toEqual(exact);
  const open = client.buildRequest({ ...SYSTEM_AND_USER, exactLength: false });
  expect(JSON.parse(open.body)).toEqual(atMost);
});

test.each(["vllm-chat", "openai-chat", "tgi-chat", "llamacpp-chat", "sglang-chat"] as const)(
  "%s passes tools on as they are",
  (api) => {
    const tools = [{ type: "function", function: { name: "weather", parameters: {} } }];
    const { body } = clientOf(api).buildRequest({ ...REQUEST, tools });
    expect(JSON.parse(body)).toMatchObject({ tools });
  },
);

test("triton-generate writes a model's name as a part of the path", () => {
  const { path } = clientOf("triton-generate").buildRequest({ ...REQUEST, model: "org/m x" });
  expect(path).toBe("/v2/models/org%2Fm%20x/generate_stream");
});

const BATCH = ["good", "bad"].map((content) => ({ role: "user", content }) as const);

test.each([
  ["classify", "/predict", { inputs: "Hi" }, { inputs: ["good", "bad"] }],
  [
    "vllm-classify",
    "/classify",
    { model: "m", input: "Hi" },
    { model: "m", input: ["good", "bad"] },
  ],
] as const)("%s sends one input as a text, and several as a batch", (api, path, one, several) => {
  const request = clientOf(api).buildRequest(REQUEST);
  expect(request.path).toBe(path);
  expect(JSON.parse(request.body)).toEqual(one);
  const batch = clientOf(api).buildRequest({ ...REQUEST, messages: BATCH });
  expect(JSON.parse(batch.body)).toEqual(several);
});

test("each client is registered under its own name", () => {
  for (const api of APIS) expect(clientOf(api).api).toBe(api);
});
