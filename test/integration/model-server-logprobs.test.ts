import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { post, startTestServer } from "../support/model-server.ts";
import { recordedBody, shape } from "../support/wire-shape.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const promptLogprobs = z.array(
  z
    .record(z.string(), z.object({ logprob: z.number(), rank: z.int(), decoded_token: z.string() }))
    .nullable(),
);
const completion = z.looseObject({
  choices: z.tuple([
    z.looseObject({
      text: z.string(),
      prompt_logprobs: promptLogprobs.nullable(),
      logprobs: z
        .object({
          text_offset: z.array(z.int()),
          token_logprobs: z.array(z.number().nullable()),
          tokens: z.array(z.string()),
          top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
        })
        .nullable(),
    }),
  ]),
});
const reference = z
  .object({
    ids: z.array(z.int()),
    strided: z.array(
      z.object({
        windowTokens: z.int(),
        strideTokens: z.int(),
        scoredTokens: z.int(),
        perplexity: z.number(),
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL("../fixtures/tiny-model/reference.json", import.meta.url), "utf8"),
    ),
  );

async function complete(fields: object) {
  const body = { max_tokens: 1, temperature: 0, ignore_eos: true, ...fields };
  const { text } = await post(`${server.url}/v1/completions`, body);
  return completion.parse(JSON.parse(text)).choices[0];
}

describe("log-probabilities", () => {
  test("the prompt's give the perplexity that transformers computes in fp64", async () => {
    const window = 64;
    const wanted = reference.strided.find(
      ({ windowTokens, strideTokens }) => windowTokens === window && strideTokens === window,
    );
    const windows: number[][] = [];
    for (let at = 0; at < reference.ids.length; at += window) {
      windows.push(reference.ids.slice(at, at + window));
    }
    const answers = await Promise.all(
      windows.map((prompt) => complete({ prompt, prompt_logprobs: 0 })),
    );
    const logprobs = answers.flatMap(({ prompt_logprobs: entries }, index) => {
      expect(entries?.[0]).toBeNull();
      return (entries ?? []).slice(1).map((entry, place) => {
        const own = entry?.[String(windows[index]?.[place + 1])];
        if (own === undefined) throw new Error(`no entry for token ${place + 1}`);
        return own.logprob;
      });
    });
    expect(logprobs).toHaveLength(wanted?.scoredTokens ?? 0);
    const mean = logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
    expect(Math.exp(-mean)).toBeCloseTo(wanted?.perplexity ?? Number.NaN, 1);
  });

  test("an echo without an answer has vLLM's fields; its offsets add up to the prompt", async () => {
    const prompt = "My fellow citizens";
    const body = { prompt, max_tokens: 0, echo: true, logprobs: 1, temperature: 0 };
    const { text } = await post(`${server.url}/v1/completions`, body);
    const wanted = completion.parse(
      JSON.parse(recordedBody("model-server/vllm-0.32-echo-logprobs.http")),
    );
    const ours = completion.parse(JSON.parse(text));
    expect(Object.keys(ours)).toEqual(Object.keys(wanted));
    const { logprobs, prompt_logprobs: ofPrompt, ...choice } = ours.choices[0];
    expect(Object.keys(ours.choices[0])).toEqual(Object.keys(wanted.choices[0]));
    expect(choice).toMatchObject({ text: prompt, finish_reason: "length" });
    expect(logprobs?.tokens.join("")).toBe(prompt);
    for (const [n, token] of (logprobs?.tokens ?? []).entries()) {
      expect(prompt.startsWith(token, logprobs?.text_offset[n])).toBe(true);
    }
    expect(logprobs?.token_logprobs[0]).toBeNull();
    expect(ofPrompt).toHaveLength(logprobs?.tokens.length ?? 0);
    // The token itself and the likeliest one, which may be the same.
    for (const [n, entry] of (ofPrompt ?? []).slice(1).entries()) {
      const scores = Object.values(entry ?? {});
      expect(scores.some(({ rank }) => rank === 1)).toBe(true);
      expect(scores.map(({ logprob }) => logprob)).toContain(logprobs?.token_logprobs[n + 1]);
    }
  });

  test("an echo before an answer scores both, and the answer's scores are those of reading it", async () => {
    const prompt = [5, 6, 7];
    const answered = await complete({ prompt, max_tokens: 4, echo: true, logprobs: 0 });
    expect(answered.logprobs?.token_logprobs).toHaveLength(7);
    expect(answered.prompt_logprobs).toHaveLength(3);
    // Greedy: each token is the likeliest after those before it.
    const alone = await complete({ prompt, max_tokens: 4, logprobs: 1 });
    expect(alone.logprobs?.token_logprobs).toEqual(answered.logprobs?.token_logprobs.slice(3));
    for (const [n, top] of (alone.logprobs?.top_logprobs ?? []).entries()) {
      expect(Math.max(...Object.values(top ?? {}))).toBe(alone.logprobs?.token_logprobs[n]);
    }
  });

  test("prompt_logprobs have vLLM's fields in chat and completions", async () => {
    const wanted = completion.parse(
      JSON.parse(recordedBody("model-server/vllm-0.32-prompt_logprobs.http")),
    ).choices[0].prompt_logprobs;
    const entryShape = shape(Object.values(wanted?.[1] ?? {}));
    const chat = await post(`${server.url}/v1/chat/completions`, {
      messages: [{ role: "user", content: "the law" }],
      max_tokens: 1,
      prompt_logprobs: 0,
    });
    const ofChat = z
      .object({ prompt_logprobs: z.array(z.unknown()) })
      .parse(JSON.parse(chat.text)).prompt_logprobs;
    expect(ofChat[0]).toBeNull();
    expect(shape(Object.values(Object(ofChat[1])))).toEqual(entryShape);
    const body = { prompt: "the law", max_tokens: 1, prompt_logprobs: 0 };
    const { text } = await post(`${server.url}/v1/completions`, body);
    expect(JSON.parse(text)).toMatchObject({ choices: [{ logprobs: null }] });
  });

  test.each([
    ["/v1/completions", { prompt: "a", stream: true, prompt_logprobs: 1 }, "prompt_logprobs"],
    ["/v1/completions", { prompt: "a", stream: true, echo: true }, "echo"],
    ["/v1/completions", { prompt: "a", stream: true, logprobs: 1 }, "logprobs"],
    ["/v1/completions", { prompt: "a", max_tokens: 0 }, "max_tokens"],
    ["/v1/completions", { prompt: "a", prompt_logprobs: 21 }, "body.prompt_logprobs"],
  ])("%s %j is a 400 that names the field", async (path, body, param) => {
    const { status, text } = await post(`${server.url}${path}`, body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error: { param } });
  });
});

describe("tools", () => {
  const tools = [{ type: "function", function: { name: "add", parameters: {} } }];
  const chat = (fields: object) =>
    post(`${server.url}/v1/chat/completions`, {
      messages: [
        { role: "user", content: "the law" },
        { role: "assistant", content: null, tool_calls: [{ id: "1" }] },
        { role: "tool", content: "2", tool_call_id: "1" },
      ],
      max_tokens: 2,
      tools,
      ...fields,
    });

  test.each([["auto"], ["none"], [undefined]])(
    "with tool_choice %s it answers in text",
    async (tool_choice) => {
      const { status, text } = await chat({ tool_choice });
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { tool_calls: [] } }] });
    },
  );

  test.each([["required"], [{ type: "function", function: { name: "add" } }]])(
    "tool_choice %j is refused",
    async (tool_choice) => {
      const { status, text } = await chat({ tool_choice });
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ error: { param: "tool_choice" } });
    },
  );
});
