import { describe, expect, test } from "vitest";
import type { StreamCapture, StreamEvent } from "../../../lib/core/stream-protocol.ts";
import { assembleTokenStream } from "../../../lib/core/token-stream.ts";

const TIMEOUT_MS = 10_000;
const CHUNK = {
  kind: "chunk",
  hasChoices: true,
  content: null,
  finishReason: null,
  usage: null,
  tokensSoFar: null,
} as const;
const role: StreamEvent = CHUNK;
const done: StreamEvent = { kind: "done" };
const nothing: StreamEvent = { kind: "nothing" };
const stop: StreamEvent = { ...CHUNK, finishReason: "stop" };
const text = (value: string, kind: "visible" | "reasoning" | "tool" = "visible"): StreamEvent => ({
  ...CHUNK,
  content: { kind, text: value },
});
const counted = (value: string, completionTokens: number): StreamEvent => ({
  ...CHUNK,
  content: { kind: "visible", text: value },
  usage: { promptTokens: 5, completionTokens, cachedTokens: null },
  tokensSoFar: completionTokens,
});

/** Events at given times; the decoder finds each by its index. */
function assemble(
  events: readonly (readonly [atMs: number, event: StreamEvent])[],
  change: Partial<StreamCapture> = {},
  ending: "end-marker" | "finish-reason" = "end-marker",
) {
  const capture: StreamCapture = {
    sentMs: 1000,
    headersMs: 1010,
    endMs: 2000,
    status: 200,
    eventMs: events.map(([atMs]) => atMs),
    eventData: events.map((_, index) => String(index)),
    transportError: null,
    timedOut: false,
    strayLine: null,
    retryAfterMs: null,
    ...change,
  };
  const decoder = {
    decode: (data: string) => events[Number(data)]?.[1] ?? nothing,
    readTexts: () => ({ kind: "visible", texts: [] }) as const,
  };
  return assembleTokenStream(capture, decoder, ending, TIMEOUT_MS);
}

test("finds the moments and gaps of an answer", () => {
  const stream = assemble([
    [1100, role],
    [1200, text("hm", "reasoning")],
    [1220.5, text("well", "reasoning")],
    [1225, nothing],
    [1250.7506, text("Hello")],
    [1251, text(" you")],
    [1300, stop],
    [1301, done],
  ]);
  expect(stream).toMatchObject({
    outcome: "completed",
    detail: null,
    firstEventMs: 1100,
    firstContentMs: 1200,
    firstVisibleMs: 1250.751,
    lastContentMs: 1251,
    gapsUs: [20_500, 30_251, 249],
    chunkChars: [2, 4, 5, 4],
    contentKinds: ["reasoning", "reasoning", "visible", "visible"],
    finishReason: "stop",
    outputTokens: 4,
    tokenSource: "chunks",
    usage: null,
    text: "Hello you",
  });
});

test("believes the server's usage over the number of events", () => {
  const usage = { promptTokens: 5, completionTokens: 7, cachedTokens: 1 };
  const last: StreamEvent = { ...CHUNK, hasChoices: false, usage };
  expect(
    assemble([
      [1100, text("a")],
      [1200, stop],
      [1201, last],
      [1202, done],
    ]),
  ).toMatchObject({
    usage,
    outputTokens: 7,
    tokenSource: "usage",
    chunkTokens: null,
  });
});

describe("tokens per event", () => {
  test("are the differences of a count that goes along", () => {
    const stream = assemble([
      [1100, counted("a", 1)],
      [
        1110,
        {
          ...role,
          usage: { promptTokens: 5, completionTokens: 2, cachedTokens: null },
          tokensSoFar: 2,
        },
      ],
      [1120, counted("bc", 4)],
      [1130, done],
    ]);
    // The event without content had one token: it goes to the next that the user sees.
    expect(stream.chunkTokens).toEqual([1, 3]);
  });

  test("are absent where one event does not tell", () => {
    const stream = assemble([
      [1100, counted("a", 1)],
      [1110, text("b")],
      [1120, counted("c", 3)],
    ]);
    expect(stream.chunkTokens).toBeNull();
  });
});

describe("decides how a request ended:", () => {
  const error: StreamEvent = { kind: "error", message: "out of  memory\n" };
  const malformed: StreamEvent = { kind: "malformed", message: "not JSON" };
  const NO_RESPONSE = { status: null, headersMs: null } as const;
  const ok = text("a");

  test.each<[string, Parameters<typeof assemble>, string, string | null]>([
    [
      "end marker",
      [
        [
          [1100, ok],
          [1101, done],
        ],
      ],
      "completed",
      null,
    ],
    [
      "end marker without a finish reason",
      [
        [
          [1100, ok],
          [1101, done],
        ],
      ],
      "completed",
      null,
    ],
    [
      "finish but no end marker",
      [
        [
          [1100, ok],
          [1101, stop],
        ],
      ],
      "truncated",
      "the stream ended before its finish",
    ],
    [
      "finish where none is due",
      [
        [
          [1100, ok],
          [1101, stop],
        ],
        {},
        "finish-reason",
      ],
      "completed",
      null,
    ],
    [
      "no finish where none is due",
      [[[1100, ok]], {}, "finish-reason"],
      "truncated",
      "the stream ended before its finish",
    ],
    ["cut connection", [[[1100, ok]], { transportError: "reset" }], "truncated", "reset"],
    [
      "nothing but the end",
      [
        [
          [1100, role],
          [1101, stop],
          [1102, done],
        ],
      ],
      "empty",
      "the answer ended without content",
    ],
    ["no event at all", [[]], "truncated", "the stream ended before its finish"],
    [
      "in-band error",
      [
        [
          [1100, ok],
          [1101, error],
          [1102, done],
        ],
      ],
      "stream_error",
      "out of  memory\n",
    ],
    [
      "broken event",
      [
        [
          [1100, ok],
          [1101, malformed],
          [1102, done],
        ],
      ],
      "malformed",
      "not JSON",
    ],
    [
      "what came first, of two",
      [
        [
          [1100, malformed],
          [1101, error],
        ],
      ],
      "malformed",
      "not JSON",
    ],
    [
      "no event stream",
      [[], { strayLine: '{"error":1}' }],
      "malformed",
      'not an event stream: {"error":1}',
    ],
    [
      "a stray line in a good stream",
      [
        [
          [1100, ok],
          [1101, done],
        ],
        { strayLine: "x" },
      ],
      "completed",
      null,
    ],
    ["HTTP 500", [[], { status: 500 }], "http_error", "HTTP 500"],
    ["HTTP 400 with a body", [[], { status: 400, strayLine: "{}" }], "http_error", "HTTP 400: {}"],
    ["HTTP 429", [[], { status: 429 }], "rate_limited", "HTTP 429"],
    ["refused", [[], { ...NO_RESPONSE, transportError: "refused" }], "connect_error", "refused"],
    [
      "no answer in time",
      [[], { ...NO_RESPONSE, endMs: 11_000, transportError: "t", timedOut: true }],
      "timed_out",
      "t",
    ],
    [
      "no end in time",
      [[[1100, ok]], { endMs: 11_000, transportError: "t", timedOut: true }],
      "timed_out",
      "t",
    ],
  ])("%s", (_, args, outcome, detail) => {
    expect(assemble(...args)).toMatchObject({ outcome, detail });
  });

  test.each([
    ["nothing ever came", [], true],
    ["silence since the first word", [[1100, ok]], true],
    [
      "slow to the very end",
      [
        [1100, ok],
        [10_900, ok],
      ],
      false,
    ],
  ] as const)("timed out, stalled or not: %s", (_, events, stalled) => {
    expect(assemble(events, { endMs: 11_000, transportError: "t", timedOut: true })).toMatchObject({
      outcome: "timed_out",
      stalled,
    });
  });
});
