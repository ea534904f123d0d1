import type { ScoredText } from "./score-text.ts";

/**
 * Bits that the model needs for a byte of the scored text: sum NLL / ln 2 / bytes. Comparable across tokenizers, as
 * perplexity is not.
 *
 * @param tokenBytes bytes that each token of the stream stands for; where they don't add up to the text's bytes (a
 * tokenizer that changes the text first), they share it in this proportion
 */
export function bitsPerByte(
  scored: ScoredText,
  tokenBytes: readonly number[],
  textBytes: number,
): number {
  const streamBytes = tokenBytes.reduce((sum, bytes) => sum + bytes, 0);
  const scoredBytes = scored.positions.reduce(
    (sum, position) => sum + (tokenBytes[position] ?? 0),
    0,
  );
  return scored.sumNll / Math.LN2 / ((scoredBytes * textBytes) / streamBytes);
}

/**
 * Standard deviation (n - 1) over the root of n; `null` for fewer than 2 values. Takes them as independent.
 *
 * Example: [1, 2, 3, 4] -> 0.6454972243679028.
 */
export function meanStandardError(values: Float32Array): number | null {
  const n = values.length;
  if (n < 2) return null;
  let mean = 0;
  for (const value of values) mean += value / n;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (n - 1) / n);
}
