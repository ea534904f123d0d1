/** One row as its file has it. */
export interface TraceRow {
  /** Milliseconds on the trace's own clock. */
  readonly clockMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prefixIds: readonly number[] | null;
}

/** Reads one line after the header; a text says what is wrong with it. */
export type RowReader = (line: string) => TraceRow | string;

/** More than any model takes in; a prompt is made of as many words. */
const MOST_TOKENS = 10_000_000;

/** A number of tokens as a trace writes it; `undefined` where it is none. */
export function tokensOf(value: unknown): number | undefined {
  const tokens =
    typeof value === "string" && /^\s*\d+(?:\.0*)?\s*$/.test(value) ? Number(value) : value;
  return typeof tokens === "number" &&
    Number.isInteger(tokens) &&
    tokens >= 0 &&
    tokens <= MOST_TOKENS
    ? tokens
    : undefined;
}

/** Which column has each name; `undefined` where one is missing. */
export function columnIndices<const T extends readonly string[]>(
  columns: readonly string[],
  names: T,
): { readonly [K in keyof T]: number } | undefined;
export function columnIndices(
  columns: readonly string[],
  names: readonly string[],
): readonly number[] | undefined {
  const indices = names.map((name) => columns.indexOf(name));
  return indices.includes(-1) ? undefined : indices;
}

/** What to say of a row that can't be read. */
export function wrongRow(line: string, allowed: string): string {
  return `found ${line.slice(0, 80)}, allowed: ${allowed}`;
}
