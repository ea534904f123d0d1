import { type Conversation, parseConversationSet } from "./conversation-set.ts";
import { declaredMs } from "./declared-time.ts";
import type { Turn } from "./task.ts";
import { openInOrder, type SourcedTask, type Work, type WorkContext } from "./work.ts";

/**
 * Conversations of a set: each turn is sent with the turns and the server's own answers before it.
 *
 * @param file a set of conversations, relative to the scenario
 * @param options `thinkTime` is the user's pause before each turn but the first, as k6 writes times (`2s`)
 */
export function conversations(file: string, options: { readonly thinkTime: string }): Work {
  const thinkMs = declaredMs(options.thinkTime);
  return {
    open: (context) => {
      const conversationOf = openInOrder(context, file, parseConversationSet);
      return (request) => ({
        task: taskOf(conversationOf(request), request, thinkMs, context),
        cacheGroup: request,
      });
    },
  };
}

function taskOf(
  { id, system, turns }: Conversation,
  request: number,
  thinkMs: number,
  { outputTokens }: WorkContext,
): SourcedTask["task"] {
  return {
    id,
    kind: "conversation",
    thinkMs,
    tools: null,
    turns: turns.map((turn, index): Turn => {
      const user = { role: "user", content: turn.user } as const;
      return {
        messages:
          index === 0 && system !== null ? [{ role: "system", content: system }, user] : [user],
        outputTokens: outputTokens(request, turn.outputTokens),
        inputTokens: turn.inputTokens,
        reference: turn.assistant,
      };
    }),
  };
}
