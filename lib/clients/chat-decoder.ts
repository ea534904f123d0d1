import { parseJson } from "../core/parse-json.ts";
import type { ContentKind } from "../core/request-record.ts";
import type {
  StreamContent,
  StreamDecoder,
  StreamEvent,
  TextRun,
} from "../core/stream-protocol.ts";
import { parseChatEvent } from "./chat-event.ts";

/** Ends the streams of OpenAI's protocols. */
export const END_MARKER = "[DONE]";

/** What stands before and after the text of an event. */
interface Surroundings {
  readonly before: string;
  readonly after: string;
}

/** Those of a content event that says nothing else. */
interface Template extends Surroundings {
  readonly kind: ContentKind;
}

const CHAT_TEXTS = ['"content":"', '"reasoning_content":"', '"reasoning":"'] as const;
/** Stands for the text while a template is tried out: no server sends it. */
const PLACEHOLDER = "\u0001template";
const ESCAPED_PLACEHOLDER = "\\u0001template";
/** What can't be the inside of a JSON string as it stands: an escape, a quote, a raw control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold them
const NOT_PLAIN = /[\u0000-\u001f"\\]/;
/** After this many templates in a row that fitted no other event, just parse. */
const MAX_VAIN_TEMPLATES = 4;
/** Events read at once after one that did not fit though it seemed to: those read behind it are read again. */
const CAREFUL_RUN = 32;
const NO_TEXTS: TextRun = { kind: "visible", texts: [] };

/** A decoder of one chat stream. */
export function createChatDecoder(): StreamDecoder {
  return createTextDecoder(parseChatEvent, CHAT_TEXTS);
}

/**
 * A decoder of one stream of texts. The content events of an answer differ in nothing but their text (same id, same
 * time), so what stands around it is learned from one, and the next are read by cutting it off: the result is what
 * parsing gives, at a small part of its cost. An event that does not fit is parsed.
 *
 * @param textFields what stands before a text which streams in: its field's name and the quote that opens it
 */
export function createTextDecoder(
  parse: (data: string) => StreamEvent,
  textFields: readonly string[],
): StreamDecoder {
  let template: Template | undefined;
  let vain = 0;
  let longestRun = Number.POSITIVE_INFINITY;
  const readByTemplate = (events: readonly string[], from: number): TextRun => {
    if (template === undefined) return NO_TEXTS;
    const pieces = fittingPieces(
      template,
      events,
      from,
      Math.min(events.length, from + longestRun),
    );
    const texts = unescaped(pieces);
    if (texts !== pieces) longestRun = CAREFUL_RUN;
    return { kind: template.kind, texts };
  };
  return {
    decode: (data) => (data === END_MARKER ? { kind: "done" } : parse(data)),
    readTexts: (events, from) => {
      const run = readByTemplate(events, from);
      if (run.texts.length > 0) {
        vain = 0;
        return run;
      }
      const surroundings =
        vain < MAX_VAIN_TEMPLATES ? surroundingsOfText(textFields, events[from] ?? "") : null;
      if (surroundings === null) return NO_TEXTS;
      // Until it reads an event other than the one that it was learned from.
      vain += 1;
      template = tryOut(parse, surroundings) ?? template;
      return readByTemplate(events, from);
    },
  };
}

/** What stands for a text in the leading events that are the template but for it; none of them empty. */
function fittingPieces(
  { before, after }: Template,
  events: readonly string[],
  from: number,
  to: number,
): string[] {
  const start = before.length;
  const end = -after.length;
  const pieces: string[] = [];
  for (let i = from; i < to; i++) {
    const data = events[i] ?? "";
    const piece = data.slice(start, end);
    // Put together again: k6 compares whole strings fast, and `startsWith` by the character.
    if (piece === "" || `${before}${piece}${after}` !== data) break;
    pieces[i - from] = piece;
  }
  return pieces;
}

/** The texts of pieces, in their place, up to the first that can't be the inside of a JSON string. */
function unescaped(pieces: string[]): readonly string[] {
  // One look at all of them: only where something is the matter, one at each.
  if (!NOT_PLAIN.test(pieces.join(""))) return pieces;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] ?? "";
    if (!NOT_PLAIN.test(piece)) continue;
    const text = parseJson(`"${piece}"`);
    if (typeof text !== "string") return pieces.slice(0, i);
    pieces[i] = text;
  }
  return pieces;
}

/** Content and nothing else, so that the next event may be the same but for its text. */
function isPlainContent(
  event: StreamEvent,
): event is Extract<StreamEvent, { kind: "chunk" }> & { readonly content: StreamContent } {
  return (
    event.kind === "chunk" &&
    event.content !== null &&
    event.content.kind !== "tool" &&
    event.finishReason === null &&
    event.usage === null
  );
}

/** What seems to stand around the text of an event; `null` where none is to be seen. */
function surroundingsOfText(textFields: readonly string[], data: string): Surroundings | null {
  for (const field of textFields) {
    const at = data.indexOf(field);
    if (at < 0) continue;
    const before = data.slice(0, at + field.length);
    const rest = data.slice(before.length);
    const end = closingQuote(rest);
    if (end > 0) return { before, after: rest.slice(end) };
  }
  return null;
}

/** Puts a placeholder where the text was: if the parser then finds just that, the template is right. */
function tryOut(
  parse: (data: string) => StreamEvent,
  { before, after }: Surroundings,
): Template | undefined {
  const trial = parse(before + ESCAPED_PLACEHOLDER + after);
  if (!isPlainContent(trial) || trial.content.text !== PLACEHOLDER) return undefined;
  return { before, after, kind: trial.content.kind };
}

/** Index of the quote that ends a JSON string, of which `rest` is the inside and what follows. */
function closingQuote(rest: string): number {
  for (let i = 0; i < rest.length; i++) {
    if (rest[i] === "\\") i += 1;
    else if (rest[i] === '"') return i;
  }
  return -1;
}
