import type { Conversation } from "../lib/workload/conversation-set.ts";
import { conversationOf } from "../lib/workload/conversation-set.ts";
import {
  type Fields,
  fieldsOf,
  LineError,
  listField,
  textField,
  wrong,
} from "../lib/workload/json-lines.ts";
import { type Prompt, promptOf } from "../lib/workload/prompt-set.ts";

/** One item of a source: a prompt, or a conversation with the answers that it had. */
export type SourceItem =
  | { readonly kind: "prompt"; readonly prompt: Prompt }
  | { readonly kind: "conversation"; readonly conversation: Conversation };

/** How ShareGPT's exports name who speaks. */
const USERS = ["human", "user"];
const ASSISTANTS = ["gpt", "assistant", "chatgpt", "bing", "bard"];

/**
 * Reads an item in one of these forms: ShareGPT's (`conversations: [{from, value}]`), this project's prompts (`text` or
 * `messages`; `prompt` for `text` and a missing `id` will do) and conversations (`turns`).
 *
 * @param id the item's, where it has none
 * @returns `undefined` for a ShareGPT dialogue without a question and its answer
 * @throws LineError naming the field that can't be used
 */
export function sourceItem(fields: Fields, id: string): SourceItem | undefined {
  if ("conversations" in fields) return shareGptItem(fields, id);
  const named = { ...fields, id: fields["id"] === undefined ? id : String(fields["id"]) };
  if ("turns" in fields) return { kind: "conversation", conversation: conversationOf(named) };
  if ("prompt" in fields && !("text" in fields)) {
    return { kind: "prompt", prompt: promptOf({ ...named, text: fields["prompt"] }) };
  }
  if ("text" in fields || "messages" in fields) return { kind: "prompt", prompt: promptOf(named) };
  throw new LineError(
    `found the fields ${Object.keys(fields).slice(0, 8).join(", ") || "none"}, allowed: text, prompt, messages, turns or conversations`,
  );
}

/** Questions and their answers from the first question on, up to where they no longer take turns. */
function shareGptItem(fields: Fields, id: string): SourceItem | undefined {
  if (Array.isArray(fields["conversations"]) && fields["conversations"].length === 0) return;
  const spoken = listField(fields, "conversations").map((value, index) => {
    const path = `conversations[${index}]`;
    const message = fieldsOf(value, path);
    const said = message["value"] ?? message["content"];
    if (typeof said !== "string") throw wrong(`${path}.value`, said, "a text");
    return {
      speaker: textField(
        message,
        "from" in message ? "from" : "role",
        `${path}.from`,
      ).toLowerCase(),
      said: said.trim(),
    };
  });
  const system = spoken[0]?.speaker === "system" && spoken[0].said !== "" ? spoken[0].said : null;
  const turns: Conversation["turns"][number][] = [];
  let at = spoken.findIndex(({ speaker }) => USERS.includes(speaker));
  if (at < 0) return;
  for (; at + 1 < spoken.length; at += 2) {
    const [question, answer] = spoken.slice(at, at + 2);
    if (question === undefined || answer === undefined) break;
    if (!USERS.includes(question.speaker) || !ASSISTANTS.includes(answer.speaker)) break;
    if (question.said === "" || answer.said === "") break;
    turns.push({
      user: question.said,
      outputTokens: null,
      inputTokens: null,
      assistant: answer.said,
    });
  }
  if (turns.length === 0) return;
  const own = fields["id"];
  const conversation = { id: typeof own === "string" && own !== "" ? own : id, system, turns };
  return { kind: "conversation", conversation };
}
