import { describe, expect, test } from "vitest";
import { clientOf } from "../../../lib/clients/registry.ts";
import type { Api } from "../../../lib/core/api.ts";
import type { RecordedOutcome } from "../../../lib/core/outcome.ts";
import type { StreamCapture } from "../../../lib/core/stream-protocol.ts";
import { assembleTokenStream, type TokenStream } from "../../../lib/core/token-stream.ts";
import { RECORDED } from "../../support/recorded-answers.ts";
import { captureOf, readRecordedStream } from "../../support/recorded-stream.ts";

const TIMEOUT_MS = 60_000;

function assembleCapture(api: Api, capture: StreamCapture): TokenStream {
  const { createDecoder, ending } = clientOf(api);
  return assembleTokenStream(capture, createDecoder(), ending, TIMEOUT_MS);
}

function assemble(api: Api, status: number, body: Buffer): TokenStream {
  return assembleCapture(api, captureOf(status, body));
}

describe.each(RECORDED)("%s reads recorded streams", (api, recordings) => {
  test.each(Object.entries(recordings))("%s", (file, expected) => {
    const { status, body } = readRecordedStream(file);
    const stream = assemble(api, status, body);
    expect(stream.outcome).toBe(expected.outcome);
    if (expected.text !== undefined) expect(stream.text).toBe(expected.text);
    if (expected.finish !== undefined) expect(stream.finishReason).toBe(expected.finish);
    if (expected.usage === null) {
      expect(stream.usage).toBeNull();
      expect(stream.tokenSource).toBe("chunks");
    } else if (expected.usage !== undefined) {
      expect([stream.usage?.promptTokens, stream.usage?.completionTokens]).toEqual(expected.usage);
      expect(stream.tokenSource).toBe("usage");
    }
    if (expected.chunkTokens !== undefined) {
      expect(stream.chunkTokens).toEqual(expected.chunkTokens);
    }
    if (expected.contentEvents !== undefined) {
      expect(stream.chunkChars).toHaveLength(expected.contentEvents);
      expect(stream.gapsUs).toHaveLength(expected.contentEvents - 1);
    }
    if (expected.detail !== undefined) expect(stream.detail).toMatch(expected.detail);
    else if (expected.outcome === "completed") expect(stream.detail).toBeNull();
  });
});

/** Each byte of a recording, by protocol; and what follows its last byte that matters. */
const CUT_ANYWHERE: readonly (readonly [Api, string])[] = [
  ["vllm-chat", "vllm-0.32-chat.http"],
  ["llamacpp-chat", "llamacpp-b11434/chat_stream_usage_timings.http"],
  ["llamacpp-chat", "llamacpp-b11434/chat_multibyte.http"],
  ["llamacpp-chat", "llamacpp-b11434/chat_stream_ping.http"],
  ["vllm-chat", "tgi-3.3.7/chat_stream_eos.http"],
  ["vllm-chat", "tgi-3.3.7/chat_stream_multibyte_usage.http"],
  ["tgi-chat", "tgi-3.3.7/chat_stream_tools_usage.http"],
  ["vllm-completions", "vllm-0.32-completions-continuous-usage.http"],
  ["vllm-completions", "llamacpp-b11434/cmpl_stream.http"],
  ["vllm-completions", "llamacpp-b11434/cmpl_stream_two_prompts.http"],
  ["vllm-completions", "tgi-3.3.7/comp_stream_eos.http"],
  ["tgi-generate", "tgi-2.0.4-gs_plain_eos.http"],
  ["tgi-generate", "tgi-3.3.7/gs_multibyte_eos.http"],
  ["tgi-generate", "tgi-3.3.7/gs_stall_mid_33s.http"],
  ["tgi-generate", "tgi-3.3.7/gs_topn_sampled_seed_u64max.http"],
];

test.each(CUT_ANYWHERE)(
  "%s: %s cut anywhere is truncated, and complete only with its last byte",
  (api, file) => {
    const { status, body } = readRecordedStream(file);
    // A body may end with an empty line more than its last event needs.
    const end = body.length - (body.toString("latin1").endsWith("\n\n\n") ? 1 : 0);
    const outcomes = new Set<RecordedOutcome>();
    for (let cut = 0; cut < end; cut++) {
      outcomes.add(assemble(api, status, body.subarray(0, cut)).outcome);
    }
    expect([...outcomes]).toEqual(["truncated"]);
    expect(assemble(api, status, body).outcome).toBe("completed");
  },
);

const REASON_ENDS: readonly (readonly [Api, string])[] = [
  ["tgi-chat", "tgi-3.3.7/chat_stream_length_usage.http"],
  ["openai-chat", "transformers-5.24-chat.http"],
];

test.each(REASON_ENDS)(
  "%s: %s is complete with its reason to end, since [DONE] may never come",
  (api, file) => {
    const { status, body } = readRecordedStream(file);
    const finished = body.indexOf("\n\n", body.indexOf('"finish_reason":"length"')) + 2;
    for (let cut = 0; cut < body.length; cut++) {
      const { outcome } = assemble(api, status, body.subarray(0, cut));
      expect(outcome).toBe(cut < finished ? "truncated" : "completed");
    }
  },
);

test("Triton's stream is cut where the connection broke, and complete where the server closed it", () => {
  const { status, body } = readRecordedStream("triton-generate_stream.http");
  for (let cut = 0; cut < body.length; cut++) {
    const capture = captureOf(status, body.subarray(0, cut));
    const broken = { ...capture, transportError: "unexpected EOF" };
    expect(assembleCapture("triton-generate", broken).outcome).toBe("truncated");
  }
  expect(assemble("triton-generate", status, body.subarray(0, 0)).outcome).toBe("empty");
});

const HALF_EVENTS: readonly (readonly [Api, string])[] = [
  ["vllm-chat", "vllm-0.32-chat.http"],
  ["vllm-completions", "llamacpp-b11434/cmpl_stream.http"],
  ["tgi-generate", "tgi-3.3.7/gs_length.http"],
  ["triton-generate", "triton-generate_stream.http"],
];

test.each(HALF_EVENTS)(
  "%s: half an event, as a sloppier transport would give it, is malformed",
  (api, file) => {
    const { status, body } = readRecordedStream(file);
    const capture = captureOf(status, body);
    const [half = ""] = capture.eventData.slice(3, 4);
    for (let keep = 1; keep < half.length; keep++) {
      const eventData = [...capture.eventData.slice(0, 3), half.slice(0, keep)];
      const cut = { ...capture, eventData, eventMs: capture.eventMs.slice(0, 4) };
      expect(assembleCapture(api, cut).outcome).toBe("malformed");
    }
  },
);

test("the first of TGI's tool call events is content, though nothing of it is visible text", () => {
  const { status, body } = readRecordedStream("tgi-3.3.7/chat_stream_tools_usage.http");
  const stream = assemble("openai-chat", status, body);
  expect(stream.contentKinds).toBe("tool");
  expect(stream.firstContentMs).toBe(100);
  expect(stream.firstVisibleMs).toBe(100);
});

test("llama.cpp's role delta with null content is the first event and not the first content", () => {
  const { status, body } = readRecordedStream("llamacpp-b11434/chat_stream_usage_timings.http");
  const stream = assemble("openai-chat", status, body);
  expect(stream.firstEventMs).toBe(100);
  expect(stream.firstContentMs).toBe(110);
});
