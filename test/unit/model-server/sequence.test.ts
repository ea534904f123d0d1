import { describe, expect, test } from "vitest";
import type { GenerationParameters } from "../../../model-server/engine/generation-parameters.ts";
import { Sequence } from "../../../model-server/engine/sequence.ts";

const EOS = 0;
const WORDS = ["<eos>", "one", " two", " three", " fo", "ur", "é"];

const PLAIN: GenerationParameters = {
  maxTokens: 10,
  minTokens: 0,
  ignoreEos: false,
  stopTokenIds: [],
  stop: [],
  stopRule: "cut",
  scores: null,
  promptScores: null,
  sampling: { kind: "greedy" },
};

/** Feeds logits whose largest are `tokens`, the second best being one lower, until the sequence ends. */
function generate(tokens: readonly number[], parameters: Partial<GenerationParameters>) {
  const sequence = new Sequence(
    1,
    [],
    { ...PLAIN, ...parameters },
    {
      eosTokenIds: [EOS],
      decode: (ids) => ids.map((id) => (id === EOS ? "" : (WORDS[id] ?? ""))).join(""),
    },
  );
  const pieces: string[] = [];
  for (const token of tokens) {
    const logits = new Float32Array(WORDS.length);
    logits[token] = 2;
    logits[1] ||= 1;
    const { text, finish } = sequence.next(logits);
    pieces.push(text);
    if (finish !== null) return { pieces, finish };
  }
  return { pieces, finish: null };
}

describe("the end of a sequence", () => {
  test("the end of text is a token without text", () => {
    expect(generate([1, 2, EOS], {})).toEqual({
      pieces: ["one", " two", ""],
      finish: { reason: "stop", stopReason: null },
    });
  });

  test("ignore_eos goes on", () => {
    expect(generate([1, EOS, 2], { ignoreEos: true, maxTokens: 3 })).toEqual({
      pieces: ["one", "", " two"],
      finish: { reason: "length", stopReason: null },
    });
  });

  test("min_tokens strikes the end of text out until then", () => {
    // The second best token is chosen in its place.
    expect(generate([2, EOS, EOS], { minTokens: 2 })).toEqual({
      pieces: [" two", "one", ""],
      finish: { reason: "stop", stopReason: null },
    });
  });

  test("a stop token says which it was", () => {
    expect(generate([1, 3], { stopTokenIds: [3] })).toEqual({
      pieces: ["one", ""],
      finish: { reason: "stop", stopReason: 3 },
    });
  });

  test("a stop string over two tokens is cut off", () => {
    expect(generate([1, 4, 5], { stop: ["four"] })).toEqual({
      pieces: ["one", " ", ""],
      finish: { reason: "stop", stopReason: "four" },
    });
  });

  test("what was held back for a stop string is shown at the last token", () => {
    expect(generate([1, 4], { stop: ["four"], maxTokens: 2 })).toEqual({
      pieces: ["one", " fo"],
      finish: { reason: "length", stopReason: null },
    });
    expect(generate([1, 4, EOS], { stop: ["four"] })).toEqual({
      pieces: ["one", " ", "fo"],
      finish: { reason: "stop", stopReason: null },
    });
  });

  test("a stop string met before min_tokens is ordinary text", () => {
    expect(generate([1, 2, 1], { stop: ["one"], minTokens: 2 })).toEqual({
      pieces: ["one", " two", ""],
      finish: { reason: "stop", stopReason: "one" },
    });
  });
});
