import { UserError } from "../core/user-error.ts";
import type { LengthDistribution } from "./length-distribution.ts";
import type { Prompt } from "./prompt-set.ts";
import { prompts, promptTask } from "./prompts.ts";
import {
  type RetrievedContext,
  ragPrompt,
  type SharedPrefixes,
  sharedPrefixPrompt,
  syntheticPrompt,
  wordsOf,
} from "./synthetic-prompt.ts";
import { openSet, type Work } from "./work.ts";

/*
 * Work made of a text file's own words, its lengths in words (English: about 1.3 tokens each). For lengths in the target
 * model's own tokens prepare a prompt set with `tradeoff dataset` and give it as `DATASET`: a `.jsonl` is read as such.
 */

/**
 * Passages of a text, as many words long as a distribution says.
 *
 * @param text a text file, relative to the scenario
 */
export function synthetic(text: string, inputWords: LengthDistribution): Work {
  return madeOfWords(text, (words, seed, request) => ({
    prompt: syntheticPrompt(words, inputWords, seed, request),
    cacheGroup: request,
  }));
}

/**
 * Passages of a text behind system messages that many of them share. All with one system message stay alike to a prefix
 * cache, and no run finds those of the run before.
 */
export function syntheticSharedPrefix(text: string, prefixes: SharedPrefixes): Work {
  return madeOfWords(text, (words, seed, request) => {
    const { prompt, prefix } = sharedPrefixPrompt(words, prefixes, seed, request);
    return { prompt, cacheGroup: prefix };
  });
}

/** Passages of a text and a question about them, as retrieval puts them together. */
export function syntheticRetrieval(text: string, retrieved: RetrievedContext): Work {
  return madeOfWords(text, (words, seed, request) => ({
    prompt: ragPrompt(words, retrieved, seed, request),
    cacheGroup: request,
  }));
}

function madeOfWords(
  text: string,
  make: (
    words: readonly string[],
    seed: number,
    request: number,
  ) => { readonly prompt: Prompt; readonly cacheGroup: number },
): Work {
  return {
    open: (context) => {
      const { seed, dataset } = context.settings;
      if (dataset?.endsWith(".jsonl") === true) return prompts(dataset).open(context);
      const words = openSet(context, text, wordsOf);
      if (words.length === 0)
        throw new UserError("bad-input", `${dataset ?? text}: found no words`);
      return (request) => {
        const { prompt, cacheGroup } = make(words, seed, request);
        return { task: promptTask(prompt, context.outputTokens(request, null)), cacheGroup };
      };
    },
  };
}
