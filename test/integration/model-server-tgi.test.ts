import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import { eventsOf, post, SCRIPTED_ENGINE, startTestServer } from "../support/model-server.ts";
import { readRecordedStream } from "../support/recorded-stream.ts";
import { recordedBody, shape } from "../support/wire-shape.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const recorded = (name: string): string =>
  readRecordedStream(`tgi-3.3.7/${name}.http`).body.toString("utf8");

const INPUTS = "My fellow citizens";
const token = z.object({
  id: z.int(),
  text: z.string(),
  logprob: z.number().max(0),
  special: z.boolean(),
});
const details = z.object({
  finish_reason: z.string(),
  generated_tokens: z.int(),
  seed: z.int().nullable(),
  input_length: z.int(),
});
const event = z.object({
  index: z.int(),
  token,
  generated_text: z.string().nullable(),
  details: details.nullable(),
});

/** The events of a stream, which is checked to be nothing else. */
async function stream(parameters: object) {
  const { text, status, headers } = await post(`${server.url}/generate_stream`, {
    inputs: INPUTS,
    parameters: { details: true, ...parameters },
  });
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/event-stream");
  const events = z.array(event).min(1).parse(eventsOf(text));
  expect(events.map(({ index }) => index)).toEqual(events.map((_, n) => n + 1));
  const last = events.at(-1);
  for (const { generated_text, details: told } of events.slice(0, -1)) {
    expect([generated_text, told]).toEqual([null, null]);
  }
  return { events, tokens: events.map((each) => each.token), last, text };
}

/** The first seed whose answer ends by the end-of-text token. */
async function untilEndOfText(body: object) {
  for (let seed = 1; seed < 60; seed++) {
    const answer = await stream({ ...body, seed, temperature: 9, max_new_tokens: 100 });
    if (answer.last?.details?.finish_reason === "eos_token") return { ...answer, seed };
  }
  throw new Error("no answer ended by itself");
}

describe("TGI's stream", () => {
  test("has TGI's events, keys and order, and no end marker", async () => {
    const { text } = await stream({ max_new_tokens: 5 });
    expect(eventsOf(text).map(shape)).toEqual(eventsOf(recorded("gs_length")).map(shape));
  });

  test("ignore_eos is ignored: the end of text is a special token of its own, no part of the text", async () => {
    const { last, tokens, events, seed } = await untilEndOfText({ ignore_eos: true });
    expect(last?.token).toMatchObject({ text: "<|endoftext|>", special: true });
    expect(last?.details).toMatchObject({ generated_tokens: tokens.length, seed });
    expect(last?.generated_text).toBe(
      tokens
        .slice(0, -1)
        .map(({ text }) => text)
        .join(""),
    );
    // Some characters take several tokens, of which only the last has a text.
    expect(tokens.some(({ text, special }) => text === "" && !special)).toBe(true);
    expect(events.filter(({ token: { special } }) => special)).toHaveLength(1);
    expect(Object.keys(last ?? {})).toEqual(
      Object.keys(Object(eventsOf(recorded("gs_details_eos")).at(-1))),
    );
  });

  test("without details nothing tells why it ended", async () => {
    const { last } = await stream({ max_new_tokens: 2, details: false });
    expect(last).toMatchObject({ details: null, generated_text: expect.any(String) });
  });

  test("a stop string is kept, and nothing is held back for it", async () => {
    const plain = await stream({ max_new_tokens: 8 });
    const stop = plain.tokens
      .slice(2, 5)
      .map(({ text }) => text)
      .join("");
    const { events, last } = await stream({ max_new_tokens: 8, stop: [stop] });
    expect(events.map(({ token: { text } }) => text)).toEqual(
      plain.tokens.slice(0, events.length).map(({ text }) => text),
    );
    expect(last?.details?.finish_reason).toBe("stop_sequence");
    expect(last?.generated_text?.endsWith(stop)).toBe(true);
  });

  test("the same seed gives the same text, top_n_tokens come in TGI's place", async () => {
    const asked = { max_new_tokens: 3, do_sample: true, top_k: 20, top_n_tokens: 3 };
    const [one, two] = await Promise.all([
      stream({ ...asked, seed: 5 }),
      stream({ ...asked, seed: 5 }),
    ]);
    expect(one.text).toBe(two.text);
    const [first] = eventsOf(one.text);
    expect(shape(first)).toEqual(shape(eventsOf(recorded("gs_topn_sampled_seed_u64max"))[0]));
  });

  test.each([
    ["a temperature of 0", { temperature: 0 }, "gs_err_validation_inband"],
    ["best_of", { best_of: 2 }, "gs_err_best_of"],
  ])("%s is refused by an event under status 200, word for word", async (_, parameters, name) => {
    const { status, text } = await post(`${server.url}/generate_stream`, {
      inputs: "a",
      parameters,
    });
    expect([status, text]).toEqual([200, recorded(name)]);
  });

  test.each([
    ["top_p 1", { top_p: 1 }, "`top_p` must be > 0.0 and < 1.0"],
    ["no tokens", { max_new_tokens: 0 }, "`max_new_tokens` must be strictly positive"],
    ["five stop strings", { stop: [..."abcde"] }, "`stop` supports up to 4 stop sequences"],
    ["too long an answer", { max_new_tokens: 500 }, "`inputs` tokens + `max_new_tokens` must be"],
    ["the prompt's details", { decoder_input_details: true }, "`decoder_input_details` == true"],
    ["what isn't there", { repetition_penalty: 1.2 }, "`repetition_penalty` is not supported"],
  ])("%s is a validation error", async (_, parameters, message) => {
    const { text } = await post(`${server.url}/generate_stream`, { inputs: "a", parameters });
    expect(eventsOf(text)).toEqual([
      { error: expect.stringContaining(message), error_type: "validation" },
    ]);
  });

  test("a server that fails says so in an event and ends the stream", async () => {
    const failing = await startTestServer({ workerUrl: SCRIPTED_ENGINE });
    const answer = await fetch(`${failing.url}/generate_stream`, {
      method: "POST",
      body: JSON.stringify({ inputs: "a" }),
    });
    const [text] = await Promise.all([answer.text(), failing.close()]);
    const error = eventsOf(recorded("sharddie_gs")).at(-1);
    const last = eventsOf(text).at(-1);
    expect(shape(last)).toEqual(shape(error));
    expect(last).toMatchObject({ error_type: "generation" });
  });
});

describe("TGI's whole answers", () => {
  const generate = (parameters: object, path = "/generate") =>
    post(`${server.url}${path}`, { inputs: INPUTS, parameters });

  test("the text alone; in a list on the compatible path, which streams where asked to", async () => {
    const plain = await generate({ max_new_tokens: 4 });
    expect(shape(JSON.parse(plain.text))).toEqual(
      shape(JSON.parse(recordedBody("model-server/tgi-3.3.7-generate.http"))),
    );
    expect(plain.headers.get("x-generated-tokens")).toBe("4");
    const listed = await generate({ max_new_tokens: 4 }, "/");
    expect(JSON.parse(listed.text)).toEqual([JSON.parse(plain.text)]);
    const streamed = await post(`${server.url}/`, { inputs: INPUTS, stream: true });
    expect(eventsOf(streamed.text)[0]).toMatchObject({ index: 1 });
  });

  test("return_full_text puts the prompt before the text, truncate keeps its end", async () => {
    const { text } = await generate({ max_new_tokens: 1, return_full_text: true });
    expect(JSON.parse(text).generated_text.startsWith(INPUTS)).toBe(true);
    const cut = await generate({ max_new_tokens: 1, truncate: 2 });
    expect(cut.headers.get("x-prompt-tokens")).toBe("2");
  });

  test("decoder_input_details have TGI's keys, and every score is the one of vLLM's endpoint", async () => {
    const { text } = await generate({ max_new_tokens: 4, decoder_input_details: true });
    const wanted = JSON.parse(recordedBody("model-server/tgi-3.3.7-details-prefill.http"));
    const ours = JSON.parse(text);
    expect(Object.keys(ours.details)).toEqual(Object.keys(wanted.details));
    expect(ours.details.prefill.slice(0, 2).map(shape)).toEqual(
      wanted.details.prefill.slice(0, 2).map(shape),
    );
    const scored = z.array(z.object({ id: z.int(), logprob: z.number().nullable() }));
    const all = scored.parse([...ours.details.prefill, ...ours.details.tokens]);
    const echo = await post(`${server.url}/v1/completions`, {
      prompt: all.map(({ id }) => id),
      max_tokens: 0,
      echo: true,
      logprobs: 0,
    });
    const [choice] = JSON.parse(echo.text).choices;
    for (const [n, { logprob }] of all.entries()) {
      if (logprob === null) expect(choice.logprobs.token_logprobs[n]).toBeNull();
      else expect(choice.logprobs.token_logprobs[n]).toBeCloseTo(logprob, 3);
    }
  });

  test("a wrong value is 422, a body without inputs too, one that is no JSON 400", async () => {
    const wrong = await generate({ temperature: 0 });
    expect([wrong.status, wrong.text]).toEqual([
      422,
      recordedBody("model-server/tgi-3.3.7-422-validation.http"),
    ]);
    const missing = await post(`${server.url}/generate_stream`, { parameters: {} });
    expect(missing.status).toBe(422);
    expect(missing.headers.get("content-type")).toContain("text/plain");
    expect(recorded("gs_422_missing_inputs").startsWith(missing.text)).toBe(true);
    const broken = await post(`${server.url}/generate`, '{"inputs":');
    expect(broken.status).toBe(400);
    expect(broken.text).toContain("Failed to parse the request body as JSON");
  });

  test("overload is 429, and an event of a stream", async () => {
    const full = await startTestServer({ maxWaiting: 0 });
    const whole = await post(`${full.url}/generate`, { inputs: "a" });
    expect([whole.status, whole.text]).toEqual([429, recorded("overload_generate_429")]);
    const streamed = await post(`${full.url}/generate_stream`, { inputs: "a" });
    expect([streamed.status, streamed.text]).toEqual([200, recorded("overload_gs_inband")]);
    await full.close();
  });

  test("/info has TGI's keys", async () => {
    const answer = await (await fetch(`${server.url}/info`)).json();
    expect(Object.keys(answer)).toEqual(Object.keys(JSON.parse(recorded("info"))));
    expect(answer).toMatchObject({ model_id: server.model, max_total_tokens: 128 });
  });
});
