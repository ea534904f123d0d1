import { columnIndices, type RowReader, tokensOf, wrongRow } from "./trace-row.ts";

/**
 * Azure's LLM inference traces of 2023 (`2023-11-16 18:17:03.9799600`, no zone) and 2024 (`2024-05-10
 * 00:00:00.009930+00:00`, without its fraction where that is 0).
 *
 * @returns `undefined` where the columns are not theirs
 */
export function azureRows(columns: readonly string[]): RowReader | undefined {
  const found = columnIndices(columns, ["TIMESTAMP", "ContextTokens", "GeneratedTokens"]);
  if (found === undefined) return undefined;
  const [time, input, output] = found;
  return (line) => {
    const cells = line.split(",");
    const clockMs = timestampMs(cells[time] ?? "");
    const inputTokens = tokensOf(cells[input]);
    const outputTokens = tokensOf(cells[output]);
    if (clockMs === undefined || inputTokens === undefined || outputTokens === undefined) {
      return wrongRow(line, "2024-05-10 00:00:00.009930+00:00,input tokens,output tokens");
    }
    return { clockMs, inputTokens, outputTokens, prefixIds: null };
  };
}

const TIMESTAMP =
  /^\s*(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?\s*(?:Z|([+-])(\d\d):?(\d\d))?\s*$/;

/** By hand: engines differ in which of these their `Date.parse` takes. A time without a zone is UTC. */
function timestampMs(text: string): number | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const [fraction = "0", sign = "+", zoneHours = "0", zoneMinutes = "0"] = match.slice(7);
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1);
  const minuteMs = Date.UTC(year, month - 1, day, hour, minute - zone);
  return minuteMs + (second + Number(fraction)) * 1000;
}
