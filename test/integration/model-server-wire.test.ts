import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { eventsOf, post, startTestServer } from "../support/model-server.ts";
import { recordedBody, shape } from "../support/wire-shape.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer({ servedModelName: "smol" });
});
afterAll(() => server.close());

function recorded(path: string): string {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url), "utf8");
}

const CHAT = { model: "smol", messages: [{ role: "user", content: "My fellow citizens" }] };
const GREEDY = { temperature: 0, ignore_eos: true };

describe("wire format of vLLM", () => {
  test("a chat stream has vLLM's events, keys and order", async () => {
    const { text, status, headers } = await post(`${server.url}/v1/chat/completions`, {
      ...CHAT,
      ...GREEDY,
      max_tokens: 8,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(eventsOf(text).map(shape)).toEqual(
      eventsOf(recordedBody("streams/vllm-0.32-chat.http")).map(shape),
    );
  });

  test("a completion stream with usage on every chunk has vLLM's events, keys and order", async () => {
    const { text } = await post(`${server.url}/v1/completions`, {
      prompt: "My fellow",
      ...GREEDY,
      max_tokens: 6,
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    });
    const events = eventsOf(text);
    const wanted = eventsOf(
      recordedBody("model-server/vllm-0.32-completions-continuous-usage.http"),
    );
    expect(events.map(shape)).toEqual(wanted.map(shape));
    const counted = z.object({ usage: z.object({ completion_tokens: z.int() }) });
    const completionTokens = events
      .slice(0, -1)
      .map((event) => counted.parse(event).usage.completion_tokens);
    expect(completionTokens).toEqual([1, 2, 3, 4, 5, 6, 6]);
  });

  test("without include_usage there is no usage anywhere", async () => {
    const body = { ...CHAT, ...GREEDY, max_tokens: 3, stream: true };
    const { text } = await post(`${server.url}/v1/chat/completions`, body);
    expect(text).not.toContain("usage");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("the stream's text is the whole answer's", async () => {
    const body = { ...CHAT, ...GREEDY, max_tokens: 40 };
    const whole = z
      .object({
        object: z.literal("chat.completion"),
        choices: z.tuple([
          z.object({
            message: z.object({ role: z.literal("assistant"), content: z.string() }),
            finish_reason: z.literal("length"),
          }),
        ]),
        usage: z.object({ completion_tokens: z.literal(40) }),
      })
      .parse(JSON.parse((await post(`${server.url}/v1/chat/completions`, body)).text));
    const { text } = await post(`${server.url}/v1/chat/completions`, { ...body, stream: true });
    const chunk = z.object({
      choices: z.array(z.object({ delta: z.object({ content: z.string() }) })),
    });
    const streamed = eventsOf(text)
      .filter((event) => event !== "[DONE]")
      .flatMap((event) => chunk.parse(event).choices.map(({ delta }) => delta.content))
      .join("");
    expect(streamed).toBe(whole.choices[0].message.content);
  });

  test("the model list has vLLM's fields and the artefact's digest", async () => {
    const response = await fetch(`${server.url}/v1/models`);
    const list = z.object({ data: z.tuple([z.record(z.string(), z.unknown())]) });
    const ours = list.parse(await response.json()).data[0];
    const theirs = list.parse(JSON.parse(recorded("model-server/vllm-0.32-models.json"))).data[0];
    // Permissions are a relic that nothing reads.
    const { permission, ...wanted } = theirs;
    expect(permission).toBeDefined();
    expect(Object.keys(ours)).toEqual([...Object.keys(wanted), "artifact"]);
    expect(ours).toMatchObject({ id: "smol", object: "model", artifact: server.digest });
    expect(ours["max_model_len"]).toBeTypeOf("number");
  });

  test("a prompt of token ids is read as it is", async () => {
    const body = { prompt: [5, 6, 7], ...GREEDY, max_tokens: 1 };
    const { text } = await post(`${server.url}/v1/completions`, body);
    expect(JSON.parse(text)).toMatchObject({ usage: { prompt_tokens: 3, completion_tokens: 1 } });
  });

  test("every metric has vLLM's name, type and buckets", async () => {
    const ours = await (await fetch(`${server.url}/metrics`)).text();
    const theirs = recorded("model-server/vllm-0.32-metrics.prom");
    const types = ours.split("\n").filter((line) => line.startsWith("# TYPE"));
    expect(types.length).toBeGreaterThan(10);
    for (const type of types) expect(theirs).toContain(`${type}\n`);
    const buckets = (text: string, name: string): number[] =>
      [...text.matchAll(new RegExp(`^${name}_bucket\\{.*le="([^"]+)"`, "gm"))].map(([, le]) =>
        le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le),
      );
    for (const type of types.filter((line) => line.endsWith(" histogram"))) {
      const name = type.split(" ")[2] ?? "";
      // The last token buckets follow the context window in vLLM too.
      expect(buckets(ours, name).length, name).toBeGreaterThan(2);
      for (const bucket of buckets(ours, name)) expect(buckets(theirs, name)).toContain(bucket);
    }
  });
});
