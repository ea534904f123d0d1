/** One message of a chat, as every chat API has it. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A message that is a mere text of the user's. */
export function userMessage(content: string): ChatMessage {
  return { role: "user", content };
}

/** A tool that the model may call: the JSON object of OpenAI's `tools`, passed on as it is. */
export type ToolDefinition = Readonly<Record<string, unknown>>;
