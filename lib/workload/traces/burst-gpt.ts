import { columnIndices, type RowReader, tokensOf, wrongRow } from "./trace-row.ts";

/**
 * BurstGPT's traces, whose times are seconds; a failed request has 0 response tokens. Other columns (Model, Total tokens, Log
 * Type, and Session ID and Elapsed time of newer files) are left alone.
 *
 * @returns `undefined` where the columns are not theirs
 */
export function burstGptRows(columns: readonly string[]): RowReader | undefined {
  const found = columnIndices(columns, ["Timestamp", "Request tokens", "Response tokens"]);
  if (found === undefined) return undefined;
  const [time, input, output] = found;
  return (line) => {
    const cells = line.split(",");
    const clockMs = secondsOf(cells[time] ?? "") * 1000;
    const inputTokens = tokensOf(cells[input]);
    const outputTokens = tokensOf(cells[output]);
    if (Number.isNaN(clockMs) || inputTokens === undefined || outputTokens === undefined) {
      return wrongRow(
        line,
        "Timestamp in seconds and whole numbers of tokens (5,ChatGPT,472,18,490,Conversation log)",
      );
    }
    return { clockMs, inputTokens, outputTokens, prefixIds: null };
  };
}

function secondsOf(text: string): number {
  return /^\s*\d+(?:\.\d*)?\s*$/.test(text) ? Number(text) : Number.NaN;
}
