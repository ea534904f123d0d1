import type { TextMeasure } from "./text-measure.ts";

const PIECE_TRIES = 12;
/** How far around a cut to look, character by character: a cut within a word changes how it is tokenised. */
const CHARACTER_TRIES = 24;

/**
 * The beginning of a text that is just `length` pieces long when it is counted on its own. Cutting after the n-th token of a
 * longer text is not enough: its last token, or its first, may be another one where the text around it is gone.
 *
 * @returns without spaces at its ends, which chat templates cut off; `undefined` where no cut gives that length
 */
export function exactText(measure: TextMeasure, text: string, length: number): string | undefined {
  const trimmed = text.trimStart();
  const ends = measure.ends(trimmed);
  const tried = new Set<number>();
  let pieces = length;
  let cut = ends[pieces - 1];
  while (cut !== undefined && !tried.has(pieces) && tried.size < PIECE_TRIES) {
    tried.add(pieces);
    const candidate = trimmed.slice(0, cut).trimEnd();
    const found = measure.count(candidate);
    if (found === length) return candidate;
    pieces += length - found;
    cut = ends[pieces - 1];
  }
  return cut === undefined ? undefined : nearCut(measure, trimmed, cut, length);
}

function nearCut(
  measure: TextMeasure,
  text: string,
  cut: number,
  length: number,
): string | undefined {
  for (let distance = 1; distance <= CHARACTER_TRIES; distance++) {
    for (const end of [cut - distance, cut + distance]) {
      if (end < 1 || end > text.length || isWithinPair(text, end)) continue;
      const candidate = text.slice(0, end).trimEnd();
      if (measure.count(candidate) === length) return candidate;
    }
  }
  return undefined;
}

/** Whether a cut would part the two halves of one character. */
function isWithinPair(text: string, end: number): boolean {
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff;
}
