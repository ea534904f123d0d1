import { randomInt } from "../lib/core/random.ts";
import { indexedRandom } from "../lib/workload/indexed-random.ts";
import { type LengthDistribution, sampleLength } from "../lib/workload/length-distribution.ts";
import { type Corpus, openCorpus } from "./corpus.ts";
import type { Preparation, Row } from "./prepare-dataset.ts";
import type { TextMeasure } from "./text-measure.ts";

const OF_ROWS = 0x51ed270b;
const OF_OUTPUT = 0x2e1b2138;
const OF_PREFIXES = 0x7f4a7c15;

/**
 * Rows made of a text's own passages, each of just the length drawn for it. Row i of a seed doesn't depend on how many there are.
 */
export function* madeItems(
  preparation: Preparation & { readonly inputLengths: LengthDistribution },
  measure: TextMeasure,
): Generator<Row> {
  const { source, count, seed, inputLengths, outputTokens, turns } = preparation;
  const corpus = openCorpus(source);
  try {
    const prefixes = prefixesOf(corpus, preparation, measure);
    for (let index = 0; index < count; index++) {
      const random = indexedRandom(seed, index, OF_ROWS);
      const outputRandom = indexedRandom(seed, index, OF_OUTPUT);
      const prefix = prefixes.length === 0 ? -1 : randomInt(random, prefixes.length);
      const system = prefixes[prefix];
      const user = (): Part => {
        const length = sampleLength(inputLengths, random);
        const asked =
          outputTokens === undefined
            ? {}
            : { outputTokens: sampleLength(outputTokens, outputRandom) };
        return { text: corpus.passage(measure, length, random), length, asked };
      };
      const id = `${prefix < 0 ? "made" : `prefix-${prefix}`}-${String(index).padStart(5, "0")}`;
      yield turns === undefined
        ? promptRow(id, system, user(), measure)
        : conversationRow(id, system, sampleLength(turns, random), user, measure);
    }
  } finally {
    corpus[Symbol.dispose]();
  }
}

/** A user's message, its length, and the length of the answer to ask for. */
interface Part {
  readonly text: string;
  readonly length: number;
  readonly asked: { readonly outputTokens?: number };
}

function promptRow(id: string, system: Prefix | undefined, user: Part, measure: TextMeasure): Row {
  const length = tokens(measure, (system?.length ?? 0) + user.length);
  if (system === undefined) return { id, text: user.text, ...length, ...user.asked };
  const messages = [
    { role: "system", content: system.text },
    { role: "user", content: user.text },
  ];
  return { id, messages, ...length, ...user.asked };
}

function conversationRow(
  id: string,
  system: Prefix | undefined,
  turns: number,
  user: () => Part,
  measure: TextMeasure,
): Row {
  return {
    id,
    ...(system === undefined ? {} : { system: system.text }),
    turns: Array.from({ length: turns }, (_, turn) => {
      const { text, length, asked } = user();
      // What a turn adds to the input: the first one the system message too.
      const added = length + (turn === 0 ? (system?.length ?? 0) : 0);
      return { user: text, ...tokens(measure, added), ...asked };
    }),
  };
}

/** Words are no tokens: a row tells its tokens only where they were counted. */
function tokens(measure: TextMeasure, length: number): { readonly inputTokens?: number } {
  return measure.unit === "tokens" ? { inputTokens: length } : {};
}

type Prefix = Pick<Part, "text" | "length">;

function prefixesOf(
  corpus: Corpus,
  { sharedPrefix, seed }: Preparation,
  measure: TextMeasure,
): readonly Prefix[] {
  if (sharedPrefix === undefined) return [];
  const { prefixes, length } = sharedPrefix;
  return Array.from({ length: prefixes }, (_, index) => {
    const random = indexedRandom(seed, index, OF_PREFIXES);
    return { text: corpus.passage(measure, length, random), length };
  });
}
