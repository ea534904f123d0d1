import type { ChatMessage, ToolDefinition } from "../core/chat-message.ts";

/** What a user does in one iteration: one request, or a conversation of several. */
export interface Task {
  /** Name of the traffic stream it belongs to, where a profile mixes several. */
  readonly stream: string | null;
  readonly id: string;
  readonly kind: "prompt" | "conversation";
  /** At least one. */
  readonly turns: readonly Turn[];
  /** Pause of the user before each turn but the first. */
  readonly thinkMs: number;
  readonly tools: readonly ToolDefinition[] | null;
  /** Whether answers go on to just the length asked for, where the server can be told to. */
  readonly exactLength: boolean;
}

/** One request: what it adds to the messages before it, and how much it asks for. */
export interface Turn {
  readonly messages: readonly ChatMessage[];
  readonly outputTokens: number;
  /** What the input measures, in tokens of the target model, where the data set tells; `null` where nobody counted. */
  readonly inputTokens: number | null;
  readonly reference: string | null;
}

/** The same task with a text before its first message, where a prefix cache would look first. */
export function withMarker(task: Task, marker: string): Task {
  if (marker === "") return task;
  const [first, ...others] = task.turns;
  const message = first?.messages[0];
  if (first === undefined || message === undefined) return task;
  const marked = { ...message, content: marker + message.content };
  return {
    ...task,
    turns: [{ ...first, messages: [marked, ...first.messages.slice(1)] }, ...others],
  };
}
