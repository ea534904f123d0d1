import type { Api } from "../../lib/core/api.ts";
import type { RecordedOutcome } from "../../lib/core/outcome.ts";

/** What a recorded answer comes to. One table, as long as there are recordings. */
interface Expected {
  readonly outcome: RecordedOutcome;
  readonly text?: string;
  readonly finish?: string | null;
  /** Prompt and completion tokens as the recorded usage says; `null` where there is none. */
  readonly usage?: readonly [number | null, number] | null;
  readonly contentEvents?: number;
  readonly chunkTokens?: readonly number[];
  readonly detail?: RegExp;
}

type Recordings = Readonly<Record<string, Expected>>;

const CHATS = [
  "vllm-chat",
  "sglang-chat",
  "llamacpp-chat",
  "tgi-chat",
] as const satisfies readonly Api[];

const ANSWER = " for the people of the United States.";
const HELLO = " Hello, I am well.";
const MULTIBYTE = " Café ☕ 世界 🌍 ok.";

// All expectations are read off the recorded bytes by eye.
const CHAT: Recordings = {
  "vllm-0.32-chat.http": {
    outcome: "completed",
    text: "ĊĊ#ĊĊ#ĊĊ",
    finish: "length",
    usage: [37, 8],
    contentEvents: 8,
  },
  "vllm-0.32-too-long.http": { outcome: "http_error", detail: /^HTTP 400/ },
  "vllm-0.32-unknown-model.http": { outcome: "http_error", detail: /^HTTP 404/ },
  "vllm-0.32-bad-json.http": { outcome: "http_error", detail: /^HTTP 400/ },
  // Tools asked of a server that was not started for them.
  "vllm-0.32-tools-not-enabled.http": { outcome: "http_error", detail: /^HTTP 400/ },
  "llamacpp-b11434/chat_stream.http": { outcome: "completed", text: ANSWER, usage: null },
  "llamacpp-b11434/chat_stream_usage.http": {
    outcome: "completed",
    text: ANSWER,
    finish: "length",
    usage: [38, 8],
  },
  "llamacpp-b11434/chat_stream_usage_timings.http": {
    outcome: "completed",
    text: ANSWER,
    finish: "length",
    usage: [38, 8],
  },
  "llamacpp-b11434/chat_stream_ping.http": {
    outcome: "completed",
    text: " that the",
    finish: "length",
    contentEvents: 2,
  },
  "llamacpp-b11434/chat_multibyte.http": {
    outcome: "completed",
    text: "é日本😀ż",
    finish: "stop",
    usage: [55, 15],
    contentEvents: 5,
  },
  "llamacpp-b11434/chat_stream_stop.http": {
    outcome: "completed",
    text: " for the people of the ",
    finish: "stop",
    usage: [38, 6],
  },
  "llamacpp-b11434/chat_stream_stop_partial.http": {
    outcome: "completed",
    text: ANSWER,
    contentEvents: 4,
  },
  "llamacpp-b11434/chat_stream_ctx_full.http": {
    outcome: "completed",
    finish: "length",
    usage: [38, 218],
  },
  "llamacpp-b11434/busy_queued_stream.http": {
    outcome: "completed",
    text: " for the people",
    usage: [33, 3],
  },
  // Nothing was asked, and it says so with status 200 and a reason to end.
  "llamacpp-b11434/chat_no_messages.http": { outcome: "empty", text: "", finish: "length" },
  "llamacpp-b11434/inband_error_chat_a.http": {
    outcome: "stream_error",
    detail: /^Context size has been exceeded\.$/,
  },
  "llamacpp-b11434/err_401_chat.http": { outcome: "http_error", detail: /^HTTP 401/ },
  "llamacpp-b11434/err_bad_json.http": { outcome: "http_error", detail: /^HTTP 400/ },
  "llamacpp-b11434/err_ctx_chat_stream.http": { outcome: "http_error", detail: /^HTTP 400/ },
  "llamacpp-b11434/err_unknown_route.http": { outcome: "http_error", detail: /^HTTP 404/ },
  "tgi-3.3.7/chat_stream_eos.http": {
    outcome: "completed",
    text: HELLO,
    finish: "stop",
    usage: null,
    contentEvents: 8,
  },
  "tgi-3.3.7/chat_stream_usage.http": {
    outcome: "completed",
    text: HELLO,
    finish: "stop",
    usage: [14, 9],
  },
  "tgi-3.3.7/chat_stream_length_usage.http": {
    outcome: "completed",
    text: " The quick b",
    finish: "length",
    usage: [14, 5],
  },
  "tgi-3.3.7/chat_stream_stop_usage.http": {
    outcome: "completed",
    text: " one, two, three, END",
    finish: "stop_sequence",
    usage: [14, 9],
  },
  "tgi-3.3.7/chat_stream_multibyte_usage.http": {
    outcome: "completed",
    text: MULTIBYTE,
    finish: "stop",
    usage: [18, 25],
    contentEvents: 14,
  },
  "tgi-3.3.7/chat_stream_tools_usage.http": {
    outcome: "completed",
    usage: [403, 50],
    text: "",
    finish: null,
  },
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
  "tgi-3.3.7/auth_401_missing.http": { outcome: "http_error", detail: /^HTTP 401/ },
  "tgi-3.3.7/routerkill_chat.http": { outcome: "truncated", text: " The quic", contentEvents: 3 },
};

const OPENAI_CHAT: Recordings = {
  ...CHAT,
  // No `[DONE]`, and the usage on the chunk that says why it ended.
  "transformers-5.24-chat.http": {
    outcome: "completed",
    text: ", and the people of the",
    finish: "length",
    usage: [5, 6],
    contentEvents: 6,
  },
  // What vLLM's own fields come to there.
  "transformers-5.24-unknown-field.http": { outcome: "http_error", detail: /^HTTP 422/ },
};

const COMPLETIONS: Recordings = {
  "vllm-0.32-completions-continuous-usage.http": {
    outcome: "completed",
    text: ",ĠaĠFrench-speakingĠlanguage",
    finish: "length",
    usage: [2, 6],
    chunkTokens: [1, 1, 1, 1, 1, 1],
  },
  "llamacpp-b11434/cmpl_stream.http": {
    outcome: "completed",
    text: ". The Secretary of the Treasury",
    finish: "length",
    usage: [7, 6],
    contentEvents: 6,
  },
  "llamacpp-b11434/cmpl_stream_logprobs.http": {
    outcome: "completed",
    text: ". The Secretary",
    usage: [7, 3],
  },
  // All of it came, but vLLM's protocol ends with `[DONE]` alone: without it nobody can tell.
  "transformers-5.24-completions.http": {
    outcome: "truncated",
    text: ", and the people of the",
    finish: "length",
    usage: [5, 6],
    contentEvents: 6,
    detail: /^the stream ended before its finish$/,
  },
  // `data: null` at its head.
  "llamacpp-b11434/cmpl_stream_two_prompts.http": { outcome: "completed", contentEvents: 4 },
  // The last event leaks the text of the end-of-text token; every one before has finish_reason "".
  "tgi-3.3.7/comp_stream_eos.http": {
    outcome: "completed",
    text: `${HELLO}<|endoftext|>`,
    finish: "eos_token",
    usage: [4, 9],
  },
  "tgi-3.3.7/comp_stream_length.http": {
    outcome: "completed",
    text: " The quick b",
    finish: "length",
    usage: [4, 5],
  },
};

const TGI: Recordings = {
  // Version 2.0 writes `data:` without a space. No details: nothing says why it ended or how many tokens there were.
  "tgi-2.0.4-gs_plain_eos.http": {
    outcome: "completed",
    text: HELLO,
    finish: "unknown",
    usage: null,
  },
  "tgi-3.3.7/gs_plain_eos.http": {
    outcome: "completed",
    text: HELLO,
    finish: "unknown",
    usage: null,
  },
  // The end-of-text token is the ninth: in the usage, not in the text.
  "tgi-3.3.7/gs_details_eos.http": {
    outcome: "completed",
    text: HELLO,
    finish: "eos_token",
    usage: [4, 9],
    chunkTokens: [1, 1, 1, 1, 1, 1, 1, 1],
  },
  "tgi-3.3.7/gs_length.http": {
    outcome: "completed",
    text: " The quick b",
    finish: "length",
    usage: [4, 5],
    contentEvents: 5,
  },
  "tgi-3.3.7/gs_one_token.http": {
    outcome: "completed",
    text: " The",
    finish: "length",
    usage: [4, 1],
    contentEvents: 1,
  },
  "tgi-3.3.7/gs_stop.http": {
    outcome: "completed",
    text: " one, two, three, END",
    finish: "stop_sequence",
    usage: [3, 9],
  },
  // Tokens that end no character have no text: 25 tokens, of them one the end's, in 14 events with content.
  "tgi-3.3.7/gs_multibyte_eos.http": {
    outcome: "completed",
    text: MULTIBYTE,
    finish: "eos_token",
    usage: [8, 25],
    chunkTokens: [1, 1, 1, 2, 1, 3, 1, 3, 3, 1, 4, 1, 1, 1],
  },
  "tgi-3.3.7/gs_stall_mid_33s.http": {
    outcome: "completed",
    text: " The quick bro",
    usage: [9, 6],
    contentEvents: 6,
  },
  // Its seed, 18446744073709551615, is more than a number holds; every event has top_tokens with texts of their own.
  "tgi-3.3.7/gs_topn_sampled_seed_u64max.http": {
    outcome: "completed",
    text: HELLO,
    finish: "eos_token",
    usage: [4, 9],
  },
  "tgi-3.3.7/gs_err_best_of.http": { outcome: "stream_error", detail: /`best_of` != 1/ },
  "tgi-3.3.7/gs_err_validation_inband.http": {
    outcome: "stream_error",
    detail: /`temperature` must be strictly positive/,
  },
  "tgi-3.3.7/gs_err_generation_midstream.http": {
    outcome: "stream_error",
    text: " The quic",
    contentEvents: 3,
    detail: /CUDA out of memory/,
  },
  "tgi-3.3.7/sharddie_gs.http": {
    outcome: "stream_error",
    text: " The quic",
    detail: /transport error$/,
  },
  "tgi-3.3.7/overload_gs_inband.http": { outcome: "stream_error", detail: /^Model is overloaded$/ },
  "tgi-3.3.7/overload_generate_429.http": { outcome: "rate_limited", detail: /^HTTP 429/ },
  "tgi-3.3.7/gs_400_bad_json.http": { outcome: "http_error", detail: /^HTTP 400/ },
  "tgi-3.3.7/gs_422_missing_inputs.http": { outcome: "http_error", detail: /^HTTP 422/ },
};

const TRITON: Recordings = {
  "triton-generate_stream.http": {
    outcome: "completed",
    text: " tok0 tok1 tok2 tok3",
    finish: null,
    usage: null,
    contentEvents: 4,
  },
  "triton-unknown-model.http": { outcome: "http_error", detail: /^HTTP 404/ },
  // An error with status 200, of `/generate`: JSON without a line's end, of which no reader of event streams sees anything.
  "triton-generate-on-decoupled.http": { outcome: "empty", text: "" },
  // HTTP 400, and its reason in an event stream.
  "triton-error-first.http": {
    outcome: "http_error",
    text: "",
    detail: /^HTTP 400: planted failure before the first token$/,
  },
  "triton-error-midstream.http": {
    outcome: "stream_error",
    text: "ATIO",
    detail: /^planted failure after four tokens$/,
  },
};

export const RECORDED = [
  ...CHATS.map((api) => [api, CHAT] as const),
  ["openai-chat", OPENAI_CHAT],
  ["vllm-completions", COMPLETIONS],
  ["tgi-generate", TGI],
  ["triton-generate", TRITON],
] as const satisfies readonly (readonly [Api, Recordings])[];
