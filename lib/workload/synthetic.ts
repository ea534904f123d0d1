import type { LengthDistribution } from "./length-distribution.ts";
import { promptTask } from "./prompts.ts";
import { syntheticPrompt, wordsOf } from "./synthetic-prompt.ts";
import { openSet, type Work } from "./work.ts";

/**
 * Passages of a text, as long as a distribution says, in words (English: about 1.3 tokens each). For lengths in the target
 * model's own tokens prepare a prompt set with `tradeoff dataset`.
 *
 * @param text a text file, relative to the scenario
 */
export function synthetic(text: string, inputWords: LengthDistribution): Work {
  return {
    open: (context) => {
      const words = openSet(context, text, wordsOf);
      return (request) => {
        const prompt = syntheticPrompt(words, inputWords, context.settings.seed, request);
        const task = promptTask(prompt, context.outputTokens(request, null));
        return { task, cacheGroup: request };
      };
    },
  };
}
