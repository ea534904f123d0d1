import {
  type Fields,
  fieldsOf,
  listField,
  optionalCount,
  optionalText,
  parseJsonLines,
  textField,
} from "./json-lines.ts";

/** One conversation of a set: what a user says, turn after turn. */
export interface Conversation {
  readonly id: string;
  readonly system: string | null;
  /** At least one. */
  readonly turns: readonly ConversationTurn[];
}

interface ConversationTurn {
  readonly user: string;
  /** How long an answer to ask for; `null` where the profile says it. */
  readonly outputTokens: number | null;
  /** Length of what the user says in the target model's own tokens; `null` where nobody counted. */
  readonly inputTokens: number | null;
  /** The answer that the data set has. The history of later turns is built from the server's own answers. */
  readonly assistant: string | null;
}

/**
 * Reads a set of conversations: one JSON object a line, `{"id", "system"?, "turns": [{"user", "outputTokens"?,
 * "assistant"?}, ...]}`. Other fields are left alone.
 *
 * @throws UserError naming the file, the line and the field, or that there are no conversations
 */
export function parseConversationSet(jsonl: string, file: string): Conversation[] {
  return parseJsonLines(jsonl, file, "conversations", conversationOf);
}

/** @throws LineError naming the field that can't be used */
export function conversationOf(fields: Fields): Conversation {
  return {
    id: textField(fields, "id"),
    system: optionalText(fields, "system"),
    turns: listField(fields, "turns").map((value, index) => {
      const path = `turns[${index}]`;
      const turn = fieldsOf(value, path);
      return {
        user: textField(turn, "user", `${path}.user`),
        outputTokens: optionalCount(turn, "outputTokens", `${path}.outputTokens`),
        inputTokens: optionalCount(turn, "inputTokens", `${path}.inputTokens`),
        assistant: optionalText(turn, "assistant", `${path}.assistant`),
      };
    }),
  };
}
