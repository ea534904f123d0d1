interface StopScan {
  /** What may be shown now. */
  readonly text: string;
  /** The stop string that was met, if any; nothing may be pushed after it. */
  readonly matched: string | null;
}

export interface StopStrings {
  push(text: string): StopScan;
  /** What was held back in case it became a stop string, when the sequence ends otherwise. */
  flush(): string;
}

/**
 * Looks for stop strings in a text that comes in pieces. A tail that could still become a stop string is held back,
 * no more than that (vLLM holds back the length of the longest stop string always), so that text is never shown that
 * the stop would have cut.
 *
 * @param includeStop whether the stop string itself is part of the text
 */
export function createStopStrings(stops: readonly string[], includeStop: boolean): StopStrings {
  let held = "";
  return {
    push(text) {
      if (stops.length === 0) return { text, matched: null };
      const all = held + text;
      const match = firstMatch(all, stops);
      if (match !== null) {
        held = "";
        const end = includeStop ? match.at + match.stop.length : match.at;
        return { text: all.slice(0, end), matched: match.stop };
      }
      const keep = longestOpenTail(all, stops);
      held = all.slice(all.length - keep);
      return { text: all.slice(0, all.length - keep), matched: null };
    },
    flush() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Ends a text where it ends with a stop string, at a token's end that is; shows everything as it comes. */
export function createTokenEndStops(stops: readonly string[]): StopStrings {
  const longest = Math.max(0, ...stops.map((stop) => stop.length));
  let tail = "";
  return {
    push(text) {
      if (longest === 0) return { text, matched: null };
      tail = (tail + text).slice(-longest);
      return { text, matched: stops.find((stop) => tail.endsWith(stop)) ?? null };
    },
    flush: () => "",
  };
}

function firstMatch(
  text: string,
  stops: readonly string[],
): { readonly at: number; readonly stop: string } | null {
  let first: { at: number; stop: string } | null = null;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && (first === null || at < first.at)) first = { at, stop };
  }
  return first;
}

/** Length of the longest end of `text` that is a proper beginning of a stop string. */
function longestOpenTail(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let n = Math.min(stop.length - 1, text.length); n > longest; n--) {
      if (text.endsWith(stop.slice(0, n))) longest = n;
    }
  }
  return longest;
}
