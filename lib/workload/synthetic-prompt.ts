import { userMessage } from "../core/chat-message.ts";
import { type Random, randomInt } from "../core/random.ts";
import { indexedRandom } from "./indexed-random.ts";
import { type LengthDistribution, sampleLength } from "./length-distribution.ts";
import type { Prompt } from "./prompt-set.ts";

/*
 * Prompts made of a text's own words, their lengths in words: what they come to in tokens depends on the model (English: about
 * 1.3 each). Prompt i of a seed is the same wherever it is made. For lengths in a model's own tokens, prepare a prompt set.
 */

const OF_PROMPTS = 0x2545f491;
const OF_PREFIXES = 0x6c078965;

/** The words of a text, as whitespace parts them. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** The i-th prompt of a seed: a passage of the text of just as many words as are drawn. */
export function syntheticPrompt(
  text: readonly string[],
  lengths: LengthDistribution,
  seed: number,
  index: number,
): Prompt {
  const random = indexedRandom(seed, index, OF_PROMPTS);
  const words = sampleLength(lengths, random);
  return bare(`synthetic-${index}`, [userMessage(passage(text, words, random))]);
}

/** Prompts of which many start with the same text, as those of one application do. */
export interface SharedPrefixes {
  /** How many different prefixes there are. */
  readonly prefixes: number;
  /** Words of each prefix, a system message. */
  readonly prefixWords: number;
  /** Words of the user's message after it. */
  readonly words: LengthDistribution;
}

/** The i-th prompt of a seed, and the number of its prefix: equal numbers are equal prefixes. */
export function sharedPrefixPrompt(
  text: readonly string[],
  { prefixes, prefixWords, words }: SharedPrefixes,
  seed: number,
  index: number,
): { readonly prompt: Prompt; readonly prefix: number } {
  const random = indexedRandom(seed, index, OF_PROMPTS);
  const prefix = randomInt(random, prefixes);
  const system = passage(text, prefixWords, indexedRandom(seed, prefix, OF_PREFIXES));
  const user = passage(text, sampleLength(words, random), random);
  const prompt = bare(`shared-prefix-${prefix}-${index}`, [
    { role: "system", content: system },
    userMessage(user),
  ]);
  return { prompt, prefix };
}

/** Questions about passages of a document that come before them, as retrieval finds them. */
export interface RetrievedContext {
  readonly questions: readonly string[];
  /** How many passages come before the question. */
  readonly passages: number;
  /** Words of the whole prompt: passages, question and what is around them. */
  readonly words: LengthDistribution;
}

const INSTRUCTION = "Answer the question from these passages alone.";

/**
 * The i-th prompt of a seed. Where the words drawn leave none for the passages, each of them has one word all the same.
 */
export function ragPrompt(
  document: readonly string[],
  { questions, passages, words }: RetrievedContext,
  seed: number,
  index: number,
): Prompt {
  const random = indexedRandom(seed, index, OF_PROMPTS);
  const question = `Question: ${questions[randomInt(random, questions.length)] ?? ""}`;
  const around = wordsOf(INSTRUCTION).length + wordsOf(question).length;
  const context = Math.max(passages, sampleLength(words, random) - around);
  const parts = Array.from({ length: passages }, (_, part) => {
    const share =
      Math.floor(((part + 1) * context) / passages) - Math.floor((part * context) / passages);
    return passage(document, share, random);
  });
  return bare(`rag-${index}`, [userMessage([INSTRUCTION, ...parts, question].join("\n\n"))]);
}

/** Consecutive words from a drawn place on; after the text's last word comes its first. */
export function passage(text: readonly string[], words: number, random: Random): string {
  if (text.length === 0) throw new RangeError("a text without words makes no prompt");
  const start = randomInt(random, text.length);
  const taken: string[] = [];
  for (let i = 0; i < words; i++) taken.push(text[(start + i) % text.length] ?? "");
  return taken.join(" ");
}

function bare(id: string, messages: Prompt["messages"]): Prompt {
  return { id, messages, outputTokens: null, inputTokens: null, tools: null, reference: null };
}
