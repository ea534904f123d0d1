import { Template } from "@huggingface/jinja";
import { UserError } from "../lib/core/user-error.ts";

interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** The text that a conversation is for the model. */
export type ChatTemplate = (
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
  tools: readonly object[] | null,
) => string;

/**
 * A tokenizer's own chat template; the contents, a line each, for a model that has none.
 *
 * @param specialTokens what templates may name, such as `eos_token`
 * @throws UserError where the template can't be parsed
 */
export function createChatTemplate(
  source: string | null,
  specialTokens: Readonly<Record<string, string>>,
  modelDirectory: string,
): ChatTemplate {
  if (source === null) return (messages) => messages.map(({ content }) => content).join("\n");
  let template: Template;
  try {
    template = new Template(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "bad-input",
      `${modelDirectory}: the chat template can't be parsed: ${reason}`,
      {
        cause: error,
      },
    );
  }
  return (messages, addGenerationPrompt, tools) =>
    template.render({
      ...specialTokens,
      messages: messages.map((message) => ({ ...message })),
      add_generation_prompt: addGenerationPrompt,
      ...(tools === null ? {} : { tools }),
    });
}
