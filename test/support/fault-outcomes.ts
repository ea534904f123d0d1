import type { RequestRecord } from "../../lib/core/request-record.ts";
import type { Fault } from "../../model-server/ground-truth/faults.ts";

/** Output tokens that every request asks for. */
export const TOKENS = 10;
const HALF = TOKENS / 2;

type Expected = Partial<RequestRecord>;
type Outcomes = Readonly<Partial<Record<Fault, Expected>>>;

const STALLED = { outcome: "timed_out", stalled: true } as const;

/** Faults that read the same in every protocol. */
const ANY_PROTOCOL = {
  http_500: { outcome: "http_error", status: 500 },
  http_503: { outcome: "http_error", status: 503 },
  http_429: { outcome: "rate_limited", status: 429, retryAfterMs: 1_000 },
  drop: { outcome: "connect_error", status: null, headersMs: null },
  silent: { ...STALLED, status: null, headersMs: null },
  html: { outcome: "malformed", status: 200, outputTokens: null },
  malformed: { outcome: "malformed", status: 200 },
  error_event: { outcome: "stream_error", status: 200, detail: "injected: error_event" },
} satisfies Outcomes;

const CUT = { outcome: "truncated", status: 200, finishReason: null, outputTokens: HALF } as const;

/** And those that read the same in every stream. */
const ANY_STREAM = {
  ...ANY_PROTOCOL,
  json: { outcome: "malformed", status: 200, outputTokens: null },
  stall: { ...STALLED, status: 200, finishReason: null, outputTokens: HALF },
  cut: CUT,
  cut_token: CUT,
  cut_utf8: CUT,
  reset: CUT,
  no_end: { outcome: "truncated", status: 200, finishReason: null },
  endless: { outcome: "timed_out", stalled: false, status: 200, finishReason: null },
} satisfies Outcomes;

const COMPLETED = { outcome: "completed", status: 200, detail: null } as const;
const EMPTY = { outcome: "empty", status: 200, firstContentMs: null } as const;
const OF_USAGE = { outputTokens: TOKENS, tokenSource: "usage" } as const;
const OF_CHUNKS = { outputTokens: TOKENS, tokenSource: "chunks", usage: null } as const;

const WHOLE = { ...COMPLETED, ...OF_USAGE, finishReason: "length" } as const;
/** vLLM's: a finish reason, usage, and an end marker that alone says that all is there. */
const VLLM: Outcomes = {
  ...ANY_STREAM,
  long_line: WHOLE,
  no_usage: { ...WHOLE, ...OF_CHUNKS },
  lumps: { ...WHOLE, chunkTokens: null },
  lumps_usage: { ...WHOLE, chunkTokens: [4, 4, 2] },
  empty: { ...EMPTY, finishReason: "stop" },
  no_finish: { ...WHOLE, finishReason: null },
  no_done: { outcome: "truncated", status: 200, finishReason: "length" },
};

const TGI_WHOLE = { ...WHOLE, chunkTokens: Array<number>(TOKENS).fill(1) } as const;
/** TGI's: an event a token, of which the last says why it ended; no end marker to miss. */
const TGI: Outcomes = {
  ...ANY_STREAM,
  long_line: TGI_WHOLE,
  no_usage: { ...TGI_WHOLE, ...OF_CHUNKS, finishReason: "unknown" },
  lumps: TGI_WHOLE,
  lumps_usage: TGI_WHOLE,
  empty: { ...EMPTY, finishReason: "eos_token" },
  no_finish: { outcome: "truncated", status: 200, finishReason: null },
  no_done: TGI_WHOLE,
};

const TRITON_WHOLE = { ...COMPLETED, ...OF_CHUNKS, finishReason: null } as const;
/** Triton's: texts, and a close that is all the end there is. */
const TRITON: Outcomes = {
  ...ANY_STREAM,
  long_line: TRITON_WHOLE,
  no_usage: TRITON_WHOLE,
  // Nobody tells of more tokens than there are chunks.
  lumps: { ...TRITON_WHOLE, outputTokens: Math.ceil(TOKENS / 4) },
  lumps_usage: { ...TRITON_WHOLE, outputTokens: Math.ceil(TOKENS / 4) },
  empty: EMPTY,
  no_finish: TRITON_WHOLE,
  no_done: TRITON_WHOLE,
  no_end: TRITON_WHOLE,
};

const PREDICTION = { ...COMPLETED, outputTokens: 1, tokenSource: "usage" } as const;
const JSON_CUT = { outcome: "truncated", status: null, outputTokens: null } as const;
/** Plain JSON: all of it or nothing. k6 tells no status of an answer that was not whole. */
const CLASSIFY: Outcomes = {
  ...ANY_PROTOCOL,
  stall: { outcome: "timed_out", status: null, outputTokens: null },
  cut: JSON_CUT,
  reset: JSON_CUT,
  empty: { outcome: "malformed", status: 200, outputTokens: null },
};

/** What the record of a request says by the protocol and by what the server did, from docs/metrics.md. */
export const FAULT_OUTCOMES = {
  "vllm-chat": { whole: WHOLE, faults: VLLM },
  "vllm-completions": { whole: WHOLE, faults: VLLM },
  "tgi-generate": { whole: TGI_WHOLE, faults: TGI },
  "triton-generate": { whole: TRITON_WHOLE, faults: TRITON },
  classify: { whole: PREDICTION, faults: CLASSIFY },
  "vllm-classify": { whole: PREDICTION, faults: CLASSIFY },
} satisfies Record<string, { readonly whole: Expected; readonly faults: Outcomes }>;
