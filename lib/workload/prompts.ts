import { type Prompt, parsePromptSet } from "./prompt-set.ts";
import { openInOrder, type SourcedTask, type Work } from "./work.ts";

/**
 * Prompts of a set, each as often as any other, in an order that the seed gives.
 *
 * @param file a prompt set, relative to the scenario
 */
export function prompts(file: string): Work {
  return promptWork(file, (request) => request);
}

/**
 * Prompts of a set that start alike on purpose (a long system message): all of a run keep their common start, so that a
 * prefix cache can help, while no run finds that of the run before.
 */
export function sharedPrefixPrompts(file: string): Work {
  return promptWork(file, () => 0);
}

function promptWork(file: string, cacheGroupOf: (request: number) => number): Work {
  return {
    open: (context) => {
      const promptOf = openInOrder(context, file, parsePromptSet);
      return (request) => {
        const prompt = promptOf(request);
        const task = promptTask(prompt, context.outputTokens(request, prompt.outputTokens));
        return { task, cacheGroup: cacheGroupOf(request) };
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
