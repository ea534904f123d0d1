import { expect, test } from "vitest";
import { createChatDecoder } from "../../../lib/clients/chat-decoder.ts";
import { parseChatEvent } from "../../../lib/clients/chat-event.ts";
import type { StreamEvent } from "../../../lib/core/stream-protocol.ts";
import { captureOf, readRecordedStream } from "../../support/recorded-stream.ts";

function delta(content: string, more = ""): string {
  return `{"id":"c1","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null${more}}]}`;
}

/** What full parsing says of each event: the decoder must say the same, however it gets there. */
function parseAll(events: readonly string[]) {
  return events.map((data) => {
    if (data === "[DONE]") return { kind: "done" };
    return data === "" ? { kind: "nothing" } : parseChatEvent(data);
  });
}

/** As the assembly goes through a stream: texts in runs where the decoder can, single events where it can't. */
function decodeAll(events: readonly string[]): StreamEvent[] {
  const decoder = createChatDecoder();
  const decoded: StreamEvent[] = [];
  while (decoded.length < events.length) {
    const { kind, texts } = decoder.readTexts(events, decoded.length);
    for (const text of texts) {
      const content = { kind, text };
      decoded.push({
        kind: "chunk",
        hasChoices: true,
        content,
        finishReason: null,
        usage: null,
        tokensSoFar: null,
      });
    }
    if (texts.length === 0) decoded.push(decoder.decode(events[decoded.length] ?? ""));
  }
  return decoded;
}

test.each([
  "vllm-0.32-chat.http",
  "llamacpp-b11434/chat_stream.http",
  "llamacpp-b11434/chat_stream_n2.http",
  "llamacpp-b11434/chat_stream_usage_timings.http",
  "llamacpp-b11434/chat_multibyte.http",
  "llamacpp-b11434/inband_error_chat_a.http",
  "tgi-3.3.7/chat_stream_multibyte_usage.http",
  "tgi-3.3.7/chat_stream_tools_usage.http",
])("gives for %s what parsing every event gives", (file) => {
  const { status, body } = readRecordedStream(file);
  const events = captureOf(status, body).eventData;
  expect(events.length).toBeGreaterThan(2);
  expect(decodeAll(events)).toEqual(parseAll(events));
});

test.each([
  [
    "quotes and escapes",
    ["a", 'say "hi"', "tab\tnew\nline", "back\\slash", "\u0001", "é", "😀", "b"],
  ],
  ["text that looks like JSON", ["a", '"},"finish_reason":"stop', '","content":"', "{}", "b"]],
  ["an empty delta between", ["a", "", "b"]],
])("reads %s as a parser does", (_, texts) => {
  const events = texts.map((text) => delta(text));
  expect(decodeAll(events)).toEqual(parseAll(events));
});

test("does not take a raw control character for content: JSON allows none in a string", () => {
  const events = [delta("a"), delta("b"), delta("c").replace('"c"', '"c\u0002"')];
  expect(decodeAll(events)[2]).toMatchObject({ kind: "malformed" });
});

test("reads long runs with an escape here and there", () => {
  const texts = Array.from({ length: 600 }, (_, i) => (i % 97 === 40 ? "\n\n" : ` word${i}`));
  const events = texts.map((text) => delta(text));
  expect(decodeAll(events)).toEqual(parseAll(events));
});

test("reads most events of an answer without parsing them", () => {
  const events = Array.from({ length: 200 }, (_, i) => delta(` word${i}`));
  expect(createChatDecoder().readTexts(events, 0).texts).toHaveLength(200);
});

test("reads no event over and over where every other one says more inside what stood for its text", () => {
  const events = Array.from({ length: 4000 }, (_, i) =>
    i % 2 === 0 ? delta(`w${i}`) : delta(`w${i}`).replace(`"w${i}"`, `"w${i}","reasoning":"hm"`),
  );
  let reads = 0;
  const counted = new Proxy(events, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && /^\d+$/.test(key)) reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  expect(decodeAll(counted)).toEqual(parseAll(events));
  expect(reads).toBeLessThan(50 * events.length);
});

test("keeps up with a server that changes what stands around the text now and then", () => {
  const events = Array.from({ length: 90 }, (_, i) =>
    delta(` w${i}`).replace('"c1"', `"c${Math.floor(i / 9)}"`),
  );
  expect(decodeAll(events)).toEqual(parseAll(events));
});

test("a line feed inside an event's data does not shift the texts of others", () => {
  const events = [delta("a"), delta("b"), `${delta("c")}\n${delta("d")}`, delta("e"), delta("f")];
  expect(decodeAll(events)).toEqual(parseAll(events));
});

test("parses an event that says more than the ones before", () => {
  const finish =
    '{"id":"c1","choices":[{"index":0,"delta":{"content":"c"},"finish_reason":"stop"}]}';
  const usage =
    '{"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":0}}}';
  expect(decodeAll([delta("a"), delta("b"), finish, usage]).slice(2)).toEqual([
    {
      kind: "chunk",
      hasChoices: true,
      content: { kind: "visible", text: "c" },
      finishReason: "stop",
      usage: null,
      tokensSoFar: null,
    },
    {
      kind: "chunk",
      hasChoices: false,
      content: null,
      finishReason: null,
      usage: { promptTokens: 3, completionTokens: 2, cachedTokens: 0 },
      tokensSoFar: 2,
    },
  ]);
});

test("keeps an absent count of cached tokens apart from none cached", () => {
  const usage = '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}';
  expect(parseChatEvent(usage)).toMatchObject({ usage: { cachedTokens: null } });
});

test.each(["reasoning_content", "reasoning"])(
  "takes %s for reasoning, then visible text",
  (field) => {
    const reasoning = (text: string) =>
      `{"choices":[{"delta":{"${field}":"${text}"},"finish_reason":null}]}`;
    const events = [reasoning("hm"), reasoning("so"), delta("42")];
    expect(decodeAll(events).map((event) => event.kind === "chunk" && event.content)).toEqual([
      { kind: "reasoning", text: "hm" },
      { kind: "reasoning", text: "so" },
      { kind: "visible", text: "42" },
    ]);
  },
);

test.each([
  ["null", { kind: "nothing" }],
  ["", { kind: "nothing" }],
  ["[DONE]", { kind: "done" }],
  ['{"error":{"message":"no room","code":500}}', { kind: "error", message: "no room" }],
  ['{"error":"no room"}', { kind: "error", message: "no room" }],
  ['{"error":{"code":1}}', { kind: "error", message: '{"code":1}' }],
  ["[]", { kind: "malformed", message: "not a JSON object: []" }],
  ['"text"', { kind: "malformed", message: 'not a JSON object: "text"' }],
  ["{", { kind: "malformed", message: "not a JSON object: {" }],
  ['{"choices":"x"}', { kind: "malformed", message: 'no choices: {"choices":"x"}' }],
])("decodes %j", (data, expected) => {
  expect(createChatDecoder().decode(data)).toEqual(expected);
});

test.each([
  '{"choices":[null]}',
  '{"choices":[{"delta":null,"finish_reason":7}]}',
  '{"choices":[{"delta":{"content":5,"tool_calls":[null,{"function":null}]}}],"usage":{"prompt_tokens":-1}}',
])("survives nonsense: %s", (data) => {
  expect(createChatDecoder().decode(data)).toEqual({
    kind: "chunk",
    hasChoices: true,
    content: null,
    finishReason: null,
    usage: null,
    tokensSoFar: null,
  });
});
