import type { Redact } from "./redact.ts";
import type { TokenStream } from "./token-stream.ts";

/** The members of an answer's account that are texts of any kind: what the server wrote. */
type WordsOf = {
  [K in keyof TokenStream]: string extends TokenStream[K] ? K : never;
}[keyof TokenStream];
export type ServerWords = { readonly [K in WordsOf]: string | null };

const DETAIL_CHARS = 300;
/** More of a message is not looked at: what hides a key is longer than the key, but not by this much. */
const MOST_CHARS = 10 * DETAIL_CHARS;

/**
 * A server's words as a record holds them: without the key, which servers quote. All that a server writes into a record
 * goes through here, by the type of what is given back; and a message is cut here alone, since half a key is found less surely.
 */
export function serverWords(
  { finishReason, detail, text }: ServerWords,
  redact: Redact,
): ServerWords {
  return {
    finishReason: finishReason === null ? null : redact(finishReason),
    detail: detail === null ? null : shortDetail(detail, redact),
    text: text === null ? null : redact(text),
  };
}

function shortDetail(detail: string, redact: Redact): string {
  const line = redact(detail.slice(0, MOST_CHARS).replace(/\s+/g, " ").trim());
  return line.length <= DETAIL_CHARS ? line : `${line.slice(0, DETAIL_CHARS - 1)}…`;
}
