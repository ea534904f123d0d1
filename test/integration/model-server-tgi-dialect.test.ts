import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { eventsOf, post, startTestServer } from "../support/model-server.ts";
import { readRecordedStream } from "../support/recorded-stream.ts";
import { recordedBody, shape } from "../support/wire-shape.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer({ dialect: "tgi" });
});
afterAll(() => server.close());

const recorded = (name: string): string =>
  readRecordedStream(`tgi-3.3.7/${name}.http`).body.toString("utf8");

const CHAT = { messages: [{ role: "user", content: "My fellow citizens" }], temperature: 0 };
const chat = (fields: object) => post(`${server.url}/v1/chat/completions`, { ...CHAT, ...fields });

describe("TGI's chat and completions", () => {
  test("a chat stream has TGI's events, keys and order", async () => {
    const stream = { stream: true, stream_options: { include_usage: true }, max_tokens: 5 };
    const { text } = await chat(stream);
    expect(eventsOf(text).map(shape)).toEqual(
      eventsOf(recorded("chat_stream_length_usage")).map(shape),
    );
    expect(text).toContain('"finish_reason":"length"');
  });

  test("the end of text is a chunk without text whose reason is OpenAI's", async () => {
    const chunk = z.object({
      choices: z.tuple([
        z.object({
          delta: z.object({ content: z.string() }),
          finish_reason: z.string().nullable(),
        }),
      ]),
    });
    const wanted = eventsOf(recorded("chat_stream_eos")).at(-2);
    for (let seed = 1; seed < 60; seed++) {
      const { text } = await chat({ stream: true, seed, temperature: 9, max_tokens: 100 });
      const last = eventsOf(text).at(-2);
      if (chunk.parse(last).choices[0].finish_reason !== "stop") continue;
      expect(shape(last)).toEqual(shape(wanted));
      return;
    }
    throw new Error("no answer ended by itself");
  });

  test("a whole chat has TGI's keys", async () => {
    const { text } = await chat({ max_tokens: 3 });
    expect(shape(JSON.parse(text))).toEqual(
      shape(JSON.parse(recordedBody("model-server/tgi-3.3.7-chat.http"))),
    );
  });

  test("what is wrong comes in the stream, which ends by [DONE]; it is 422 without one", async () => {
    const { status, text } = await chat({ top_p: 1, stream: true });
    expect([status, text]).toEqual([200, recorded("chat_stream_err_validation_inband")]);
    const whole = await chat({ top_p: 1 });
    expect(whole.status).toBe(422);
    expect(JSON.parse(whole.text)).toMatchObject({ error_type: "validation" });
    expect((await chat({ tool_choice: "required" })).status).toBe(422);
  });

  test("fields of vLLM's and the model's name are ignored", async () => {
    const { status } = await chat({
      model: "nope",
      ignore_eos: true,
      min_tokens: 9,
      max_tokens: 2,
    });
    expect(status).toBe(200);
  });

  test("a completion stream has TGI's events, keys and order", async () => {
    const body = { prompt: "My fellow", max_tokens: 5, temperature: 0, stream: true };
    const { text } = await post(`${server.url}/v1/completions`, body);
    expect(eventsOf(text).map(shape)).toEqual(eventsOf(recorded("comp_stream_length")).map(shape));
  });
});

describe("a TGI server's own account", () => {
  test("every metric has TGI's name, help and type", async () => {
    const ours = await (await fetch(`${server.url}/metrics`)).text();
    const path = "../fixtures/model-server/tgi-3.3.7-metric-types.prom";
    const theirs = readFileSync(new URL(path, import.meta.url), "utf8").split("\n");
    const lines = ours.split("\n").filter((line) => line.startsWith("#"));
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines.filter((each) => !each.includes("HELP tgi_request_failure"))) {
      expect(theirs).toContain(line);
    }
  });

  test("they count requests and tokens", async () => {
    const read = async (name: string): Promise<number> => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
    };
    const names = ["tgi_request_success", "tgi_request_generated_tokens_sum"];
    const before = await Promise.all(names.map(read));
    await post(`${server.url}/generate`, { inputs: "the law", parameters: { max_new_tokens: 7 } });
    const after = await Promise.all(names.map(read));
    expect(after.map((value, n) => value - (before[n] ?? 0))).toEqual([1, 7]);
    expect(await read("tgi_queue_size")).toBe(0);
  });

  test("the model list has TGI's fields and the artefact's digest", async () => {
    const list = z.object({ data: z.tuple([z.record(z.string(), z.unknown())]) });
    const answer = await (await fetch(`${server.url}/v1/models`)).json();
    const ours = list.parse(answer).data[0];
    const theirs = list.parse(JSON.parse(recorded("v1_models"))).data[0];
    expect(Object.keys(ours)).toEqual([...Object.keys(theirs), "artifact"]);
    expect(ours).toMatchObject({ artifact: server.digest });
  });
});
