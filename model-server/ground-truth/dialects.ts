import {
  type AnswerHead,
  chatFormat,
  completionFormat,
  type TokenCounts,
  usageOf,
  type WireFormat,
} from "../http/openai-wire.ts";

/** Successive tokens that go out together. */
interface Piece {
  readonly texts: readonly string[];
  /** Tokens before this piece. */
  readonly from: number;
  /** Where it is the last: why the answer ends, and its whole text. */
  readonly finish: { readonly reason: "length" | "stop"; readonly text: string } | null;
  readonly promptTokens: number;
  /** Whether it is to be told how many tokens there were, in whatever way. */
  readonly includeUsage: boolean;
  /** Where each chunk is to tell: tokens so far. */
  readonly counts: TokenCounts | null;
}

/** How one protocol's streams are written: data of its events, as text. */
export interface StreamDialect {
  /** Before the first token. */
  readonly opening: (counts: TokenCounts | null) => readonly string[];
  readonly piece: (piece: Piece) => readonly string[];
  /** After the last token: the usage where it is asked for. */
  readonly usage: (counts: TokenCounts) => readonly string[];
  /** The end marker, where there is one. */
  readonly done: readonly string[];
  readonly error: (message: string) => readonly string[];
  /** The answer as one JSON object. */
  readonly whole: (text: string, counts: TokenCounts) => object;
}

const FINISHED = { reason: "length", stopReason: null } as const;

/** vLLM's chat and completions, in the objects of the model server. */
function openAiDialect(format: WireFormat, head: AnswerHead): StreamDialect {
  const usage = (counts: TokenCounts | null) => (counts === null ? {} : { usage: usageOf(counts) });
  return {
    opening: (counts) => {
      const event = format.opening(head, usage(counts));
      return event === null ? [] : [JSON.stringify(event)];
    },
    piece: ({ texts, finish, counts }) => [
      JSON.stringify(
        format.chunk(
          head,
          texts.join(""),
          finish === null ? null : { reason: finish.reason, stopReason: null },
          usage(counts),
        ),
      ),
    ],
    usage: (counts) => [JSON.stringify(format.usageChunk(head, counts))],
    done: ["[DONE]"],
    error: (message) => [
      JSON.stringify({ error: { message, type: "InternalServerError", param: null, code: 500 } }),
    ],
    whole: (text, counts) => format.whole(head, text, FINISHED, counts),
  };
}

export function chatDialect(model: string): StreamDialect {
  return openAiDialect(chatFormat, answerHead(chatFormat, model));
}

export function completionDialect(model: string): StreamDialect {
  return openAiDialect(completionFormat, answerHead(completionFormat, model));
}

/** The same id for each answer, so that their bytes are: the header `X-Request-Id` tells them apart. */
function answerHead({ idPrefix }: WireFormat, model: string): AnswerHead {
  return {
    id: `${idPrefix}ground-truth`,
    created: Math.floor(Date.now() / 1000),
    model,
    systemFingerprint: "ground-truth",
  };
}

/** TGI 3.3: an event a token, the last one with text and details of all; no end marker. */
export const tgiDialect: StreamDialect = {
  opening: () => [],
  piece: ({ texts, from, finish, promptTokens, includeUsage }) =>
    texts.map((text, i) => {
      const last = finish !== null && i === texts.length - 1;
      const generated = from + i + 1;
      return JSON.stringify({
        index: generated,
        token: { id: 300 + ((from + i) % 1000), text, logprob: -0.5, special: false },
        generated_text: last ? finish.text : null,
        details:
          last && includeUsage
            ? {
                finish_reason: finish.reason === "stop" ? "eos_token" : finish.reason,
                generated_tokens: generated,
                seed: null,
                input_length: promptTokens,
              }
            : null,
      });
    }),
  usage: () => [],
  done: [],
  error: (message) => [JSON.stringify({ error: message, error_type: "generation" })],
  whole: (text) => ({ generated_text: text }),
};

/** Triton's generate extension: the model's outputs and nothing else; it ends by closing. */
export function tritonDialect(model: string): StreamDialect {
  const output = (text: string) => ({ model_name: model, model_version: "1", text_output: text });
  return {
    opening: () => [],
    piece: ({ texts }) => [JSON.stringify(output(texts.join("")))],
    usage: () => [],
    done: [],
    error: (message) => [JSON.stringify({ error: message })],
    whole: output,
  };
}
