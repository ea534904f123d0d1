import { describe, expect, test } from "vitest";
import { CLIENTS } from "../../../lib/clients/registry.ts";
import { APIS } from "../../../lib/core/api.ts";
import type { RecordedOutcome } from "../../../lib/core/outcome.ts";
import { assembleTokenStream, type TokenStream } from "../../../lib/core/token-stream.ts";
import { captureOf, readRecordedStream } from "../../support/recorded-stream.ts";

const TIMEOUT_MS = 60_000;

function assemble(api: (typeof APIS)[number], status: number, body: Buffer): TokenStream {
  const { createDecoder, ending } = CLIENTS[api];
  return assembleTokenStream(captureOf(status, body), createDecoder(), ending, TIMEOUT_MS);
}

interface Expected {
  readonly outcome: RecordedOutcome;
  readonly text?: string;
  readonly finish?: string;
  /** Prompt and completion tokens as the recorded usage says. */
  readonly usage?: readonly [number, number];
  readonly contentEvents?: number;
  readonly detail?: RegExp;
}

// Read off the recorded bytes by eye.
const RECORDED: Readonly<Record<string, Expected>> = {
  "vllm-0.32-chat.http": {
    outcome: "completed",
    text: "ĊĊ#ĊĊ#ĊĊ",
    finish: "length",
    usage: [37, 8],
    contentEvents: 8,
  },
  "vllm-0.32-too-long.http": { outcome: "http_error", detail: /^HTTP 400/ },
  "vllm-0.32-unknown-model.http": { outcome: "http_error", detail: /^HTTP 404/ },
  "llamacpp-b11434/chat_stream_usage_timings.http": {
    outcome: "completed",
    text: " for the people of the United States.",
    finish: "length",
    usage: [38, 8],
  },
  "llamacpp-b11434/chat_stream_ping.http": {
    outcome: "completed",
    text: " that the",
    finish: "length",
    contentEvents: 2,
  },
  "llamacpp-b11434/chat_multibyte.http": { outcome: "completed", finish: "stop", usage: [55, 15] },
  "llamacpp-b11434/inband_error_chat_a.http": {
    outcome: "stream_error",
    detail: /^Context size has been exceeded\.$/,
  },
  "llamacpp-b11434/err_401_chat.http": { outcome: "http_error", detail: /^HTTP 401/ },
  "tgi-3.3.7/chat_stream_eos.http": { outcome: "completed", finish: "stop" },
  "tgi-3.3.7/chat_stream_usage.http": { outcome: "completed" },
  "tgi-3.3.7/chat_stream_tools_usage.http": { outcome: "completed", usage: [403, 50], text: "" },
  "tgi-3.3.7/chat_stream_err_generation_midstream.http": {
    outcome: "stream_error",
    text: " The quic",
    detail: /^Request failed during generation: Server error: CUDA out of memory/,
  },
  "tgi-3.3.7/chat_stream_err_validation_inband.http": {
    outcome: "stream_error",
    text: "",
    detail: /^Input validation error/,
  },
  "tgi-3.3.7/routerkill_chat.http": { outcome: "truncated", text: " The quic", contentEvents: 3 },
};

describe.each(APIS)("%s reads recorded streams", (api) => {
  test.each(Object.entries(RECORDED))("%s", (file, expected) => {
    const { status, body } = readRecordedStream(file);
    const stream = assemble(api, status, body);
    expect(stream.outcome).toBe(expected.outcome);
    if (expected.text !== undefined) expect(stream.text).toBe(expected.text);
    if (expected.finish !== undefined) expect(stream.finishReason).toBe(expected.finish);
    if (expected.usage !== undefined) {
      expect([stream.usage?.promptTokens, stream.usage?.completionTokens]).toEqual(expected.usage);
      expect(stream.tokenSource).toBe("usage");
    }
    if (expected.contentEvents !== undefined) {
      expect(stream.chunkChars).toHaveLength(expected.contentEvents);
      expect(stream.gapsUs).toHaveLength(expected.contentEvents - 1);
    }
    if (expected.detail !== undefined) expect(stream.detail).toMatch(expected.detail);
    else if (expected.outcome === "completed") expect(stream.detail).toBeNull();
  });
});

const WELL_ENDED = [
  "vllm-0.32-chat.http",
  "llamacpp-b11434/chat_stream_usage_timings.http",
  "llamacpp-b11434/chat_multibyte.http",
  "llamacpp-b11434/chat_stream_ping.http",
  "tgi-3.3.7/chat_stream_eos.http",
  "tgi-3.3.7/chat_stream_multibyte_usage.http",
  "tgi-3.3.7/chat_stream_tools_usage.http",
];

test.each(WELL_ENDED)(
  "%s cut anywhere is truncated, and complete only with its last byte",
  (file) => {
    const { status, body } = readRecordedStream(file);
    const outcomes = new Set<RecordedOutcome>();
    for (let cut = 0; cut < body.length; cut++) {
      outcomes.add(assemble("vllm-chat", status, body.subarray(0, cut)).outcome);
    }
    expect([...outcomes]).toEqual(["truncated"]);
    expect(assemble("vllm-chat", status, body).outcome).toBe("completed");
  },
);

test("a cut that leaves half an event, as a sloppier transport would give it, is malformed", () => {
  const { status, body } = readRecordedStream("vllm-0.32-chat.http");
  const capture = captureOf(status, body);
  const decoder = CLIENTS["vllm-chat"];
  for (const keep of [1, 40, 150]) {
    const eventData = [
      ...capture.eventData.slice(0, 3),
      capture.eventData[3]?.slice(0, keep) ?? "",
    ];
    const stream = assembleTokenStream(
      { ...capture, eventData, eventMs: capture.eventMs.slice(0, 4) },
      decoder.createDecoder(),
      decoder.ending,
      TIMEOUT_MS,
    );
    expect(stream.outcome).toBe("malformed");
  }
});

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
