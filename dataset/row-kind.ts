import { type Conversation, conversationOf } from "../lib/workload/conversation-set.ts";
import { type Fields, LineError, parseLine } from "../lib/workload/json-lines.ts";
import { type Prompt, promptOf } from "../lib/workload/prompt-set.ts";

/** A line of a data set as profiles read it. */
export type DatasetRow =
  | { readonly items: "prompts"; readonly prompt: Prompt }
  | { readonly items: "conversations"; readonly conversation: Conversation };

/**
 * Reads one line just as a profile would.
 *
 * @param items what the lines before it hold; `undefined` at the first one
 * @throws LineError naming the field that can't be used
 */
export function datasetRow(line: string, items: DatasetRow["items"] | undefined): DatasetRow {
  const fields = parseLine(line);
  const kind = "turns" in fields ? "conversations" : "prompts";
  if (items !== undefined && kind !== items) {
    throw new LineError(`found one of the ${kind} among ${items}; allowed: one kind a file`);
  }
  return kind === "conversations"
    ? { items: kind, conversation: conversationOf(fields) }
    : { items: kind, prompt: promptOf(fields) };
}

export function idOf(row: DatasetRow): string {
  return row.items === "prompts" ? row.prompt.id : row.conversation.id;
}

/** What a row says to the server before any answer, part by part. */
export function textsOf(row: DatasetRow): readonly string[] {
  if (row.items === "prompts") return row.prompt.messages.map(({ content }) => content);
  const { system, turns } = row.conversation;
  return [...(system === null ? [] : [system]), ...turns.map(({ user }) => user)];
}

/** Its input tokens as the file has them; `null` where it doesn't say. */
export function statedInput(fields: Fields): number | null {
  const turns = fields["turns"];
  if (!Array.isArray(turns)) return countOf(fields["inputTokens"]);
  return turns.reduce<number | null>((sum, turn: unknown) => {
    const count =
      typeof turn === "object" && turn !== null && "inputTokens" in turn
        ? countOf(turn.inputTokens)
        : null;
    return sum === null || count === null ? null : sum + count;
  }, 0);
}

function countOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
