import type { ChatMessage, ToolDefinition } from "../core/chat-message.ts";
import { UserError } from "../core/user-error.ts";

/** One prompt of a prompt set. */
export interface Prompt {
  readonly id: string;
  /** At least one, the last of them the user's. */
  readonly messages: readonly ChatMessage[];
  readonly outputTokens: number | null;
  readonly inputTokens: number | null;
  readonly tools: readonly ToolDefinition[] | null;
  readonly reference: string | null;
}

/**
 * Reads a prompt set: one JSON object a line, `{"id": "...", "text": "..."}`; empty lines are skipped.
 *
 * @throws UserError naming the file and line, or that there are no prompts
 */
export function parsePromptSet(jsonl: string, file: string): Prompt[] {
  const prompts: Prompt[] = [];
  for (const [index, line] of jsonl.split("\n").entries()) {
    if (line.trim() === "") continue;
    const prompt = parsePrompt(line);
    if (prompt === undefined) {
      throw new UserError(
        "bad-input",
        `${file}: line ${index + 1}: found ${line.slice(0, 80)}, allowed: {"id": text, "text": text}, neither empty`,
      );
    }
    prompts.push(prompt);
  }
  if (prompts.length === 0) throw new UserError("bad-input", `${file}: found no prompts`);
  return prompts;
}

function parsePrompt(line: string): Prompt | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || !("id" in json) || !("text" in json)) {
    return undefined;
  }
  const { id, text } = json;
  const ok = typeof id === "string" && id !== "" && typeof text === "string" && text !== "";
  if (!ok) return undefined;
  const messages = [{ role: "user", content: text }] as const;
  return { id, messages, outputTokens: null, inputTokens: null, tools: null, reference: null };
}
