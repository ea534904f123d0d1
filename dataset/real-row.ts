import { indexedRandom } from "../lib/workload/indexed-random.ts";
import { type LengthDistribution, sampleLength } from "../lib/workload/length-distribution.ts";
import { exactText } from "./exact-text.ts";
import type { LengthLimits, Preparation, Row } from "./prepare-dataset.ts";
import type { SourceItem } from "./source-item.ts";
import type { TextMeasure } from "./text-measure.ts";

const OF_ROWS = 0x165667b1;

/** A row of a source's own item; `undefined` where the item doesn't fit what was asked for. */
export function realRow(
  item: SourceItem,
  index: number,
  { seed, inputLengths, outputTokens, turns, limits }: Preparation,
  measure: TextMeasure,
): Row | undefined {
  const random = indexedRandom(seed, index, OF_ROWS);
  const draw = (law: LengthDistribution | undefined) =>
    law === undefined ? undefined : sampleLength(law, random);
  const wanted = { input: draw(inputLengths), output: draw(outputTokens), limits, measure };
  if (turns !== undefined) return conversationRow(item, index, sampleLength(turns, random), wanted);
  return promptRow(item, index, wanted);
}

interface Wanted {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly limits: LengthLimits;
  readonly measure: TextMeasure;
}

function promptRow(item: SourceItem, index: number, wanted: Wanted): Row | undefined {
  const { measure } = wanted;
  if (item.kind === "conversation") {
    const { id, system, turns } = item.conversation;
    const [first] = turns;
    if (first === undefined) return undefined;
    const user = part(first.user, first.assistant, first.outputTokens, wanted);
    if (user === undefined) return undefined;
    const named = { id: rowId(index), source: id };
    if (system === null) return { ...named, text: user.text, ...user.lengths };
    const messages = [
      { role: "system", content: system },
      { role: "user", content: user.text },
    ];
    return { ...named, messages, ...withTokensBefore(user.lengths, measure.count(system)) };
  }
  const { id, messages, reference, tools, outputTokens } = item.prompt;
  const before = messages.slice(0, -1);
  const last = messages.at(-1)?.content ?? "";
  const user = part(last, reference, outputTokens, wanted);
  if (user === undefined) return undefined;
  const around = before.reduce((sum, { content }) => sum + measure.count(content), 0);
  return {
    id: rowId(index),
    source: id,
    ...(before.length === 0
      ? { text: user.text }
      : { messages: [...before, { role: "user", content: user.text }] }),
    ...withTokensBefore(user.lengths, around),
    ...(tools === null ? {} : { tools }),
    // The answer to a text that was cut is another one.
    ...(reference === null || user.text !== last ? {} : { reference }),
  };
}

function conversationRow(
  item: SourceItem,
  index: number,
  turns: number,
  wanted: Wanted,
): Row | undefined {
  if (item.kind === "prompt") return undefined;
  const { id, system, turns: spoken } = item.conversation;
  if (spoken.length < turns) return undefined;
  const systemLength = system === null ? 0 : wanted.measure.count(system);
  const rows: object[] = [];
  for (const { user, assistant, outputTokens } of spoken.slice(0, turns)) {
    const made = part(user, assistant, outputTokens, wanted);
    if (made === undefined) return undefined;
    const answer = assistant === null || made.text !== user ? {} : { assistant };
    const lengths = withTokensBefore(made.lengths, rows.length === 0 ? systemLength : 0);
    rows.push({ user: made.text, ...lengths, ...answer });
  }
  return { id: rowId(index), source: id, ...(system === null ? {} : { system }), turns: rows };
}

interface Lengths {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/** The input is what comes before the user's text, too. */
function withTokensBefore(lengths: Lengths, before: number): Lengths {
  const { inputTokens } = lengths;
  return inputTokens === undefined ? lengths : { ...lengths, inputTokens: inputTokens + before };
}

/**
 * A user's text, cut where a length was drawn for it, with its length and that of the answer to ask for: drawn, or the data
 * set's own figure, or as long as the answer that the data set has (as vLLM's benchmark does).
 */
function part(
  text: string,
  answer: string | null,
  ownOutput: number | null,
  { input, output, limits, measure }: Wanted,
): { readonly text: string; readonly lengths: Lengths } | undefined {
  const kept = input === undefined ? text : exactText(measure, text, input);
  if (kept === undefined) return undefined;
  const inputLength = measure.count(kept);
  const answerLength = answer === null ? null : measure.count(answer);
  if (input === undefined && outside(inputLength, answerLength, limits)) return undefined;
  const inTokens = measure.unit === "tokens";
  const asked = output ?? ownOutput ?? (inTokens ? answerLength : null);
  return {
    text: kept,
    lengths: {
      ...(inTokens ? { inputTokens: inputLength } : {}),
      ...(asked === null ? {} : { outputTokens: asked }),
    },
  };
}

function outside(input: number, answer: number | null, limits: LengthLimits): boolean {
  return (
    Math.min(input, answer ?? input) < limits.leastLength ||
    input > limits.longestInput ||
    input + (answer ?? 0) > limits.longestTotal
  );
}

function rowId(index: number): string {
  return `row-${String(index).padStart(5, "0")}`;
}
