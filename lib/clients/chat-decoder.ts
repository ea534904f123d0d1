import type { StreamContent, StreamDecoder, StreamEvent } from "../core/stream-protocol.ts";
import { parseChatEvent } from "./chat-event.ts";

export const CHAT_END_MARKER = "[DONE]";

/** Before and after the text of a content event, and all else that the event says. */
interface Template {
  readonly before: string;
  readonly after: string;
  readonly kind: StreamContent["kind"];
}

/** Fields that hold a text which streams in, by the kind of content they make. */
const TEXT_FIELDS = ['"content":"', '"reasoning_content":"', '"reasoning":"'] as const;
/** Stands for the text while a template is tried out: no server sends it. */
const PLACEHOLDER = "\u0001template";
/** Not as it stands the inside of a JSON string: an escape, a quote, a raw control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold them
const NOT_PLAIN = /[\u0000-\u001f"\\]/;
/** A server that puts a new time into each chunk never fits: after this many vain templates, just parse. */
const MAX_TEMPLATES = 4;

/**
 * A decoder of one chat stream. The content events of an answer differ in nothing but their text (same id, same time),
 * so the first is parsed and the rest read by comparing what stands before and after the text: the result is what
 * parsing gives, at a small part of its cost. An event that does not fit is parsed.
 */
export function createChatDecoder(): StreamDecoder {
  let template: Template | undefined;
  let tried = 0;
  return (data) => {
    const fitted = template === undefined ? undefined : readByTemplate(template, data);
    if (fitted !== undefined) return fitted;
    if (data === CHAT_END_MARKER) return { kind: "done" };
    // A comment line (a ping) reaches us as an event without data.
    if (data === "") return { kind: "nothing" };
    const event = parseChatEvent(data);
    if (tried < MAX_TEMPLATES && isPlainContent(event)) {
      tried += 1;
      template = learnTemplate(data) ?? template;
    }
    return event;
  };
}

type ContentEvent = Extract<StreamEvent, { kind: "chunk" }> & { readonly content: StreamContent };

/** Content and nothing else, so that the next event may be the same but for its text. */
function isPlainContent(event: StreamEvent): event is ContentEvent {
  return (
    event.kind === "chunk" &&
    event.content !== null &&
    event.content.kind !== "tool" &&
    event.finishReason === null &&
    event.usage === null
  );
}

function readByTemplate(template: Template, data: string): StreamEvent | undefined {
  const { before, after } = template;
  const length = data.length - before.length - after.length;
  // An empty text is no content: leave it to the parser.
  if (length <= 0 || !data.startsWith(before) || !data.endsWith(after)) return undefined;
  const text = data.slice(before.length, before.length + length);
  return NOT_PLAIN.test(text) ? undefined : plainContent(template.kind, text);
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
    const trial = parseChatEvent(`${before}${JSON.stringify(PLACEHOLDER).slice(1, -1)}${after}`);
    if (isPlainContent(trial) && trial.content.text === PLACEHOLDER) {
      return { before, after, kind: trial.content.kind };
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

function plainContent(kind: StreamContent["kind"], text: string): StreamEvent {
  return {
    kind: "chunk",
    hasChoices: true,
    content: { kind, text },
    finishReason: null,
    usage: null,
  };
}
