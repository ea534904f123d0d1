import { createPromptOrder } from "./prompt-order.ts";
import { type Prompt, parsePromptSet } from "./prompt-set.ts";
import type { SourcedTask, Work } from "./work.ts";
import { openSet } from "./work.ts";

/**
 * Prompts of a set, each as often as any other, in an order that the seed gives.
 *
 * @param file a prompt set, relative to the scenario
 */
export function prompts(file: string): Work {
  return {
    open: (context) => {
      const set = openSet(context, file, parsePromptSet);
      const order = createPromptOrder(set.length, context.seed);
      return (request) => {
        const prompt = set[order(request)];
        if (prompt === undefined) throw new RangeError(`no prompt for request ${request}`);
        const task = promptTask(prompt, context.outputTokens(request, prompt.outputTokens));
        return { task, cacheGroup: request };
      };
    },
  };
}

/** The task of a single request. */
export function promptTask(prompt: Prompt, outputTokens: number): SourcedTask["task"] {
  const { id, messages, inputTokens, reference, tools } = prompt;
  const turn = { messages, outputTokens, inputTokens, reference };
  return { id, kind: "prompt", turns: [turn], thinkMs: 0, tools };
}
