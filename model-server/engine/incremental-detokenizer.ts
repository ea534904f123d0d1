/** Text of token ids, special tokens left out; a cut UTF-8 character shows as U+FFFD at the end. */
export type DecodeTokens = (ids: readonly number[]) => string;

export interface IncrementalDetokenizer {
  /** The text that this token made certain; "" while a character is still incomplete. */
  push(token: number): string;
  /** What was held back, when no more tokens come. */
  flush(): string;
}

/** UTF-8 bytes of a character, and so the most tokens that one can be spread over; more are broken text. */
const LONGEST_CHARACTER = 4;

/**
 * Token by token to text by the way of vLLM and text-generation-inference: decode a short window with the tokens
 * before it, since a tokenizer's text for a token depends on its neighbours, and hold text back while it ends in a
 * replacement character, which is how half a UTF-8 sequence shows.
 */
export function createIncrementalDetokenizer(decode: DecodeTokens): IncrementalDetokenizer {
  /** Tokens from the start of the window; those before `shown` have had their text given out. */
  let window: number[] = [];
  let shown = 0;

  const newText = (): string => {
    const known = shown === 0 ? "" : decode(window.slice(0, shown));
    return decode(window).slice(known.length);
  };
  const give = (text: string): string => {
    window = window.slice(shown);
    shown = window.length;
    return text;
  };
  return {
    push(token) {
      window.push(token);
      const text = newText();
      if (text === "" && decode([token]) === "") {
        window.pop(); // A special token: it shows nothing and changes no neighbour.
        return "";
      }
      const held = window.length - shown;
      const incomplete = text === "" || text.endsWith("\uFFFD");
      return incomplete && held < LONGEST_CHARACTER ? "" : give(text);
    },
    flush() {
      return shown === window.length ? "" : give(newText());
    },
  };
}
