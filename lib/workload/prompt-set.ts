// @transient
import { type ChatMessage, type ToolDefinition, userMessage } from "../core/chat-message.ts";
import {
  type Fields,
  fieldsOf,
  listField,
  optionalCount,
  optionalText,
  parseJsonLines,
  textField,
  wrong,
} from "./json-lines.ts";

/** One prompt of a prompt set. */
export interface Prompt {
  readonly id: string;
  /** At least one, the last of them the user's. */
  readonly messages: readonly ChatMessage[];
  /** How long an answer to ask for; `null` where the profile says it. */
  readonly outputTokens: number | null;
  /** Length of all messages' contents in the target model's own tokens; `null` where nobody counted. */
  readonly inputTokens: number | null;
  readonly tools: readonly ToolDefinition[] | null;
  /** A good answer, to score the model's against. */
  readonly reference: string | null;
}

/**
 * Reads a prompt set: one JSON object a line, `{"id", "text"}` or `{"id", "messages": [{"role", "content"}, ...]}`, with
 * `outputTokens`, `inputTokens`, `tools` and `reference` where they are known. Other fields are left alone.
 *
 * @throws UserError naming the file, the line and the field, or that there are no prompts
 */
export function parsePromptSet(jsonl: string, file: string): Prompt[] {
  return parseJsonLines(jsonl, file, "prompts", promptOf);
}

/** @throws LineError naming the field that can't be used */
export function promptOf(fields: Fields): Prompt {
  return {
    id: textField(fields, "id"),
    messages: messagesOf(fields),
    outputTokens: optionalCount(fields, "outputTokens"),
    inputTokens: optionalCount(fields, "inputTokens"),
    tools: toolsOf(fields),
    reference: optionalText(fields, "reference"),
  };
}

function messagesOf(fields: Fields): ChatMessage[] {
  if (!("messages" in fields)) return [userMessage(textField(fields, "text"))];
  if ("text" in fields) throw wrong("text", fields["text"], "either text or messages");
  const messages = listField(fields, "messages").map((value, index) => {
    const path = `messages[${index}]`;
    const message = fieldsOf(value, path);
    const role = roleOf(message["role"], path);
    return { role, content: textField(message, "content", `${path}.content`) };
  });
  const last = messages.at(-1)?.role;
  if (last !== "user") throw wrong("the last message's role", last, "user");
  return messages;
}

function roleOf(role: unknown, path: string): ChatMessage["role"] {
  if (role === "system" || role === "user" || role === "assistant") return role;
  throw wrong(`${path}.role`, role, "system, user, assistant");
}

function toolsOf(fields: Fields): readonly ToolDefinition[] | null {
  if (fields["tools"] === undefined || fields["tools"] === null) return null;
  return listField(fields, "tools").map((tool, index) => fieldsOf(tool, `tools[${index}]`));
}
