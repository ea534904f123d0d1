import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { eventsOf, post, startTestServer } from "../support/model-server.ts";
import { readRecordedStream } from "../support/recorded-stream.ts";
import { shape } from "../support/wire-shape.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer({ servedModelName: "ensemble" });
});
afterAll(() => server.close());

const TEXT = "My fellow citizens";
const GREEDY = { temperature: 0, ignore_eos: true };
const output = z.object({ text_output: z.string() });

function ask(path: string, parameters: object, fields: object = {}) {
  const body = { text_input: TEXT, parameters: { ...GREEDY, ...parameters }, ...fields };
  return post(`${server.url}/v2/models/ensemble/${path}`, body);
}

/** The texts of a stream, which is checked to be nothing else. */
async function texts(parameters: object): Promise<string[]> {
  const { status, text } = await ask("generate_stream", { stream: true, ...parameters });
  expect(status).toBe(200);
  return z
    .array(output)
    .parse(eventsOf(text))
    .map(({ text_output }) => text_output);
}

describe("Triton's generate extension", () => {
  test("a stream has Triton's events, one a token, and no end marker", async () => {
    const { text, headers } = await ask("generate_stream", { stream: true, max_tokens: 4 });
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const recorded = readRecordedStream("triton-generate_stream.http").body.toString("utf8");
    expect(eventsOf(text).map(shape)).toEqual(eventsOf(recorded).map(shape));
  });

  test("a whole answer has the prompt before its text unless it is told to leave it out", async () => {
    const { text } = await ask("generate", { max_tokens: 6 });
    const streamed = (await texts({ max_tokens: 6 })).join("");
    expect(JSON.parse(text)).toEqual({
      model_name: "ensemble",
      model_version: "1",
      text_output: TEXT + streamed,
    });
    const alone = await ask("generate", { max_tokens: 6 }, { exclude_input_in_output: true });
    expect(output.parse(JSON.parse(alone.text)).text_output).toBe(streamed);
  });

  test("vLLM's parameters are honoured: min_tokens, stop, and 16 tokens where nothing is said", async () => {
    const whole = await texts({ max_tokens: 12 });
    const stop = whole.slice(2, 5).join("");
    const cut = await texts({ max_tokens: 12, stop: [stop] });
    expect(cut.join("")).toBe(whole.join("").slice(0, whole.join("").indexOf(stop)));
    expect(await texts({ max_tokens: 12, min_tokens: 12, stop: [stop] })).toEqual(whole);
    expect(await texts({})).toHaveLength(16);
  });

  test("without `stream` its path gives the answer as one event", async () => {
    const { text } = await ask("generate_stream", { max_tokens: 5 });
    expect(eventsOf(text)).toHaveLength(1);
  });

  test("an unknown model is Triton's 404, word for word", async () => {
    const { status, text } = await post(`${server.url}/v2/models/nope/generate_stream`, {});
    const recorded = readRecordedStream("triton-unknown-model.http");
    expect([status, text]).toEqual([recorded.status, recorded.body.toString("utf8")]);
  });

  test("what the model refuses is an event under status 400, what Triton refuses is JSON", async () => {
    const recorded = readRecordedStream("triton-error-first.http");
    const refused = await ask("generate_stream", { stream: true, max_tokens: 5_000 });
    expect(refused.status).toBe(recorded.status);
    expect(eventsOf(refused.text).map(shape)).toEqual(
      eventsOf(recorded.body.toString("utf8")).map(shape),
    );
    for (const body of ['{"text_input":', { parameters: {} }, { text_input: 5 }]) {
      const { status, text } = await post(`${server.url}/v2/models/ensemble/generate`, body);
      expect(status).toBe(400);
      expect(JSON.parse(text)).toEqual({ error: expect.any(String) });
    }
    expect((await ask("generate", { stream: true })).status).toBe(400);
    expect((await ask("generate", { n: 2 })).text).toContain("n=2 is not supported");
  });

  test("health, readiness and metadata", async () => {
    const status = async (path: string) => (await fetch(`${server.url}/v2/${path}`)).status;
    expect(await status("health/live")).toBe(200);
    expect(await status("health/ready")).toBe(200);
    expect(await status("models/ensemble/ready")).toBe(200);
    expect(await status("models/nope/ready")).toBe(400);
    expect(await status("models/nope")).toBe(404);
    const metadata = await (await fetch(`${server.url}/v2/models/ensemble`)).json();
    expect(metadata).toMatchObject({ name: "ensemble", versions: ["1"] });
  });
});
