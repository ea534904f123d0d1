import { parseJson } from "../core/parse-json.ts";
import type { ContentKind } from "../core/request-record.ts";
import type {
  StreamContent,
  StreamDecoder,
  StreamEvent,
  TextRun,
} from "../core/stream-protocol.ts";
import { parseChatEvent } from "./chat-event.ts";

export const CHAT_END_MARKER = "[DONE]";

/** What stands before and after the text of a content event that says nothing else. */
interface Template {
  readonly before: string;
  readonly after: string;
  /** From one text to the next where events are joined by line feeds. */
  readonly between: string;
  readonly kind: ContentKind;
}

/** Fields that hold a text which streams in. */
const TEXT_FIELDS = ['"content":"', '"reasoning_content":"', '"reasoning":"'] as const;
/** Stands for the text while a template is tried out: no server sends it. */
const PLACEHOLDER = "\u0001template";
/** What can't be the inside of a JSON string as it stands: an escape, a quote, a raw control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold them
const NOT_PLAIN = /[\u0000-\u001f"\\]/;
/** After this many templates in a row that fitted no other event, just parse. */
const MAX_VAIN_TEMPLATES = 4;
/** Events that are split at once: after one that does not fit, splitting starts anew. */
const RUN_LENGTH = 32;
const NO_TEXTS: TextRun = { kind: "visible", texts: [] };

/**
 * A decoder of one chat stream. The content events of an answer differ in nothing but their text (same id, same time),
 * so one is parsed, and the next are read by splitting at what stands between two texts: the result is what parsing
 * gives, at a small part of its cost. An event that does not fit is parsed.
 */
export function createChatDecoder(): StreamDecoder {
  let template: Template | undefined;
  let vain = 0;
  return {
    decode: (data) => {
      if (data === CHAT_END_MARKER) return { kind: "done" };
      // A comment line (a ping) reaches us as an event without data.
      if (data === "") return { kind: "nothing" };
      const event = parseChatEvent(data);
      if (vain < MAX_VAIN_TEMPLATES && isPlainContent(event)) {
        vain += 1;
        template = learnTemplate(data) ?? template;
      }
      return event;
    },
    readTexts: (events, from) => {
      if (template === undefined) return NO_TEXTS;
      const texts = splitTexts(template, events.slice(from, from + RUN_LENGTH));
      if (texts.length > 0) vain = 0;
      return { kind: template.kind, texts };
    },
  };
}

/** Texts of the leading events that fit the template. */
function splitTexts(template: Template, events: readonly string[]): string[] {
  const { before, after, between } = template;
  const joined = events.join("\n");
  if (!joined.startsWith(before)) return [];
  const texts = joined.slice(before.length).split(between);
  const last = texts.length - 1;
  const end = texts[last] ?? "";
  if (end.endsWith(after)) texts[last] = end.slice(0, end.length - after.length);
  else texts.pop();
  // One look at all of them: only where something is the matter, one at each.
  const allPlain = !NOT_PLAIN.test(texts.join("")) && !texts.includes("");
  if (allPlain && texts.length === events.length) return texts;
  const own = ownTexts(texts, events, before.length + after.length);
  return allPlain ? own : leadingTexts(own);
}

/** The leading pieces that are one event's each: an event may hold a line feed, and with it what looks like two. */
function ownTexts(pieces: readonly string[], events: readonly string[], around: number): string[] {
  let own = 0;
  while (own < pieces.length && events[own]?.length === (pieces[own]?.length ?? 0) + around) own++;
  return pieces.slice(0, own);
}

/** Up to the first that is empty (no content) or can't be the inside of a JSON string. */
function leadingTexts(pieces: readonly string[]): string[] {
  const texts: string[] = [];
  for (const piece of pieces) {
    const text = NOT_PLAIN.test(piece) ? parseJson(`"${piece}"`) : piece;
    if (typeof text !== "string" || text === "") break;
    texts.push(text);
  }
  return texts;
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

/** Learns by putting a placeholder where the text was: if the parser then finds just that, the template is right. */
function learnTemplate(data: string): Template | undefined {
  for (const field of TEXT_FIELDS) {
    const start = data.indexOf(field);
    if (start < 0) continue;
    const before = data.slice(0, start + field.length);
    const rest = data.slice(before.length);
    const end = closingQuote(rest);
    if (end < 0) continue;
    const after = rest.slice(end);
    const trial = parseChatEvent(before + JSON.stringify(PLACEHOLDER).slice(1, -1) + after);
    if (isPlainContent(trial) && trial.content.text === PLACEHOLDER) {
      return { before, after, between: `${after}\n${before}`, kind: trial.content.kind };
    }
  }
  return undefined;
}

/** Index of the quote that ends a JSON string, of which `rest` is the inside and what follows. */
function closingQuote(rest: string): number {
  for (let i = 0; i < rest.length; i++) {
    if (rest[i] === "\\") i += 1;
    else if (rest[i] === '"') return i;
  }
  return -1;
}
