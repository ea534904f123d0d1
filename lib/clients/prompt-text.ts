import type { ChatMessage } from "../core/chat-message.ts";

/**
 * The prompt of protocols that know no messages: their contents, a blank line between. No chat template is applied and
 * no role is named, so a chat model sees plain text to go on with.
 */
export function promptText(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join("\n\n");
}

/** As servers of either kind want what is to be classified: one as a text, several as a list. */
export function textOrTexts(messages: readonly ChatMessage[]): string | string[] | undefined {
  const texts = messages.map(({ content }) => content);
  return texts.length === 1 ? texts[0] : texts;
}
