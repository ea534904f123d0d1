import { parseJson } from "../../core/parse-json.ts";
import { type TraceRow, tokensOf, wrongRow } from "./trace-row.ts";

/** A line of Mooncake's traces; each of its `hash_ids` stands for a block of 512 input tokens and all blocks before it. */
export function mooncakeRow(line: string): TraceRow | string {
  const json = parseJson(line);
  if (typeof json === "object" && json !== null) {
    const row: Readonly<Record<string, unknown>> = { ...json };
    const clockMs = row["timestamp"];
    const inputTokens = tokensOf(row["input_length"]);
    const outputTokens = tokensOf(row["output_length"]);
    const prefixIds = idsOf(row["hash_ids"]);
    if (
      typeof clockMs === "number" &&
      clockMs >= 0 &&
      inputTokens !== undefined &&
      outputTokens !== undefined &&
      prefixIds !== undefined
    ) {
      return { clockMs, inputTokens, outputTokens, prefixIds };
    }
  }
  return wrongRow(
    line,
    '{"timestamp": milliseconds, "input_length": tokens, "output_length": tokens, "hash_ids": [whole numbers]}',
  );
}

function idsOf(value: unknown): readonly number[] | null | undefined {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return undefined;
  const ids: readonly unknown[] = value;
  const whole = ids.filter((id) => typeof id === "number" && Number.isSafeInteger(id));
  return whole.length === ids.length ? ids.filter((id) => typeof id === "number") : undefined;
}
