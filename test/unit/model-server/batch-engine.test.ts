import { describe, expect, test } from "vitest";
import { BatchEngine } from "../../../model-server/engine/batch-engine.ts";
import type { Decoder, PrefilledPrompt } from "../../../model-server/engine/decoder.ts";
import type { FromEngine } from "../../../model-server/engine/messages.ts";
import { Sequence } from "../../../model-server/engine/sequence.ts";

const VOCABULARY = 64;
/** A prompt or a step that holds this token fails. */
const BROKEN = 60;

/**
 * A model whose next token is the last one plus one. It notes what it is asked to do: `p4` reads a prompt of four
 * tokens, `s[7,9]` is a step that reads 7 and 9.
 */
class CountingDecoder implements Decoder {
  readonly calls: string[] = [];
  /** Called when a step has been computed, before its tokens are chosen. */
  onStep: () => void = () => {};
  readonly maxRows = 100;
  rows = 0;
  cachedColumns = 0;

  async prefill(prompt: readonly number[]): Promise<PrefilledPrompt> {
    this.calls.push(`p${prompt.length}`);
    await turn();
    if (prompt.includes(BROKEN)) throw new Error("broken prompt");
    const logits = logitsFor(prompt.at(-1) ?? 0);
    return { logits, allLogits: logits, tokens: prompt.length, keysAndValues: [] };
  }

  join(): void {
    this.rows++;
  }

  leave(): void {
    this.rows--;
  }

  async step(tokens: readonly number[]): Promise<readonly Float32Array[]> {
    this.calls.push(`s[${tokens}]`);
    expect(tokens).toHaveLength(this.rows);
    await turn();
    if (tokens.includes(BROKEN)) throw new Error("broken step");
    this.onStep();
    return tokens.map(logitsFor);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function logitsFor(token: number): Float32Array {
  const logits = new Float32Array(VOCABULARY);
  logits[token + 1] = 1;
  return logits;
}

function sequence(id: number, prompt: readonly number[], maxTokens: number): Sequence {
  return new Sequence(
    id,
    prompt,
    {
      maxTokens,
      minTokens: 0,
      ignoreEos: true,
      stopTokenIds: [],
      stop: [],
      stopRule: "cut",
      scores: null,
      promptScores: null,
      sampling: { kind: "greedy" },
    },
    { eosTokenIds: [], decode: (ids) => ids.map((token) => `${token} `).join("") },
  );
}

function createEngine(options: { maxBatch?: number; prefillBudget?: number } = {}) {
  const decoder = new CountingDecoder();
  const messages: FromEngine[] = [];
  const engine = new BatchEngine(decoder, {
    maxBatch: 4,
    prefillBudget: 100,
    ...options,
    send: (message) => messages.push(message),
  });
  const textOf = (id: number): string =>
    messages
      .flatMap((message) => (message.kind === "tokens" ? message.events : []))
      .filter((event) => event.id === id)
      .map(({ text }) => text)
      .join("");
  const idle = async (): Promise<void> => {
    let before = -1;
    while (before !== decoder.calls.length + messages.length) {
      before = decoder.calls.length + messages.length;
      for (let n = 0; n < 4; n++) await turn();
    }
  };
  return { decoder, messages, engine, textOf, idle };
}

describe("batch engine", () => {
  test("one that joins late shares the steps and keeps its own tokens", async () => {
    const { decoder, engine, textOf, idle } = createEngine();
    decoder.onStep = () => {
      if (decoder.calls.length === 2) engine.add(sequence(2, [30], 3));
    };
    engine.add(sequence(1, [10], 5));
    await idle();
    expect(textOf(1)).toBe("11 12 13 14 15 ");
    expect(textOf(2)).toBe("31 32 33 ");
    expect(decoder.calls).toEqual(["p1", "s[11]", "p1", "s[12,31]", "s[13,32]", "s[14]"]);
    expect(decoder.rows).toBe(0);
  });

  test("the last row takes the place of one that leaves, and stays itself", async () => {
    const { decoder, engine, textOf, idle } = createEngine();
    engine.add(sequence(1, [1], 2));
    engine.add(sequence(2, [10], 4));
    engine.add(sequence(3, [20], 5));
    await idle();
    expect([textOf(1), textOf(2), textOf(3)]).toEqual(["2 3 ", "11 12 13 14 ", "21 22 23 24 25 "]);
    expect(decoder.calls.slice(3)).toEqual(["s[2,11,21]", "s[22,12]", "s[23,13]", "s[24]"]);
  });

  test("more than the batch holds wait, first come first served", async () => {
    const { messages, engine, idle } = createEngine({ maxBatch: 2 });
    for (let id = 1; id <= 5; id++) engine.add(sequence(id, [id], 3));
    await idle();
    const started = messages.flatMap((message) => (message.kind === "started" ? message.id : []));
    expect(started).toEqual([1, 2, 3, 4, 5]);
  });

  test("prompts over the budget wait for a step of those who stream", async () => {
    const { decoder, engine, idle } = createEngine({ prefillBudget: 10 });
    engine.add(sequence(1, Array(6).fill(1), 3));
    engine.add(sequence(2, Array(6).fill(1), 3));
    engine.add(sequence(3, Array(30).fill(1), 3));
    await idle();
    // 6 + 6 is over 10; a prompt longer than the whole budget is read alone.
    expect(decoder.calls.filter((call) => call.startsWith("p") || call === "s[2]")).toEqual([
      "p6",
      "s[2]",
      "p6",
      "p30",
    ]);
    expect(decoder.calls.indexOf("p30")).toBeGreaterThan(decoder.calls.indexOf("s[3,2]"));
  });

  test("one that needs a single token never enters the batch", async () => {
    const { decoder, messages, engine, idle } = createEngine();
    engine.add(sequence(1, [1, 2], 1));
    await idle();
    expect(decoder.calls).toEqual(["p2"]);
    expect(messages.at(-1)).toMatchObject({
      kind: "tokens",
      events: [{ id: 1, finish: { reason: "length" } }],
      tokensRead: 2,
    });
  });

  test("one that is aborted leaves before the next step, the others go on", async () => {
    const { decoder, engine, textOf, idle } = createEngine();
    decoder.onStep = () => {
      if (decoder.calls.includes("s[3,13]")) engine.abort(1);
    };
    engine.add(sequence(1, [1], 20));
    engine.add(sequence(2, [11], 5));
    await idle();
    expect(decoder.calls).toEqual(["p1", "p1", "s[2,12]", "s[3,13]", "s[14]", "s[15]"]);
    expect(textOf(2)).toBe("12 13 14 15 16 ");
    expect(decoder.rows).toBe(0);
  });

  test("one that is aborted while it waits is never read", async () => {
    const { decoder, messages, engine, idle } = createEngine({ maxBatch: 1 });
    engine.add(sequence(1, [1], 3));
    engine.add(sequence(2, [2, 2, 2], 3));
    engine.abort(2);
    await idle();
    expect(decoder.calls).not.toContain("p3");
    expect(messages.some((message) => message.kind === "failed")).toBe(false);
  });

  test("a prompt that fails is told of, the others go on", async () => {
    const { messages, engine, textOf, idle } = createEngine();
    engine.add(sequence(1, [1], 3));
    engine.add(sequence(2, [BROKEN], 3));
    await idle();
    expect(messages).toContainEqual({ kind: "failed", ids: [2], message: "broken prompt" });
    expect(textOf(1)).toBe("2 3 4 ");
  });

  test("a step that fails ends all that were in it, and those who wait are served", async () => {
    const { decoder, messages, engine, textOf, idle } = createEngine({ maxBatch: 2 });
    engine.add(sequence(1, [BROKEN - 2], 9));
    engine.add(sequence(2, [1], 9));
    engine.add(sequence(3, [20], 2));
    await idle();
    expect(messages).toContainEqual({ kind: "failed", ids: [1, 2], message: "broken step" });
    expect(textOf(3)).toBe("21 22 ");
    expect(decoder.rows).toBe(0);
  });

  test("stops after the step that is being computed", async () => {
    const { decoder, engine } = createEngine();
    engine.add(sequence(1, [1], 50));
    await turn();
    await engine.stop();
    const calls = decoder.calls.length;
    await turn();
    expect(decoder.calls).toHaveLength(calls);
    expect(calls).toBeLessThan(5);
  });
});
