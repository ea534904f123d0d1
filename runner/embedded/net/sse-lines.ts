/** An event as xk6-sse hands it to a script: absent fields are empty strings. */
export interface SseEvent {
  id: string;
  comment: string;
  name: string;
  data: string;
}

export interface SseReader {
  readonly onEvent: (event: SseEvent) => void;
  /** A line that is none of the format's; xk6-sse reports it as an error and goes on. */
  readonly onUnknownLine: (line: string) => void;
  /** Whether the reader has had enough: what is left is dropped. */
  readonly isClosed: () => boolean;
}

const LINE_END = 10;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into server-sent events, line for line as xk6-sse does it (its quirks are part of the contract: a
 * comment gives an event with empty data, several data lines are joined by line feeds, an unterminated last line is
 * dropped, a carriage return stays on names and ids). One decoding a read, whatever the number of events in it: the
 * bytes up to the last line end become one string, so no character is ever cut.
 */
export class SseLines {
  readonly #reader: SseReader;
  #rest: Buffer = NOTHING;
  #id = "";
  #comment = "";
  #name = "";
  #data = "";
  #hasData = false;

  constructor(reader: SseReader) {
    this.#reader = reader;
  }

  push(bytes: Buffer): void {
    const end = bytes.lastIndexOf(LINE_END);
    if (end < 0) {
      // A copy: the parser may reuse its buffer.
      this.#rest = Buffer.concat([this.#rest, bytes]);
      return;
    }
    const whole = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const upTo = whole.length - bytes.length + end + 1;
    this.#rest = upTo === whole.length ? NOTHING : Buffer.from(whole.subarray(upTo));
    this.#readLines(whole.toString("utf8", 0, upTo));
  }

  #readLines(text: string): void {
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf("\n", start);
      this.#readLine(text, start, end);
      start = end + 1;
      if (this.#reader.isClosed()) return;
    }
  }

  /** @param end the position of the line feed */
  #readLine(text: string, start: number, end: number): void {
    if (text.startsWith("data:", start)) {
      const from = text.startsWith(" ", start + 5) ? start + 6 : start + 5;
      const line = text.slice(from, end);
      this.#data = this.#hasData ? `${this.#data}\n${line}` : line;
      this.#hasData = true;
    } else if (end === start || (end === start + 1 && text[start] === "\r")) {
      this.#endEvent();
    } else if (text.startsWith("id:", start)) {
      this.#id = value(text, start + 3, end);
    } else if (text.startsWith("event:", start)) {
      this.#name = value(text, start + 6, end);
    } else if (text.startsWith(":", start)) {
      this.#comment = value(text, start + 1, end);
    } else if (!text.startsWith("retry:", start)) {
      this.#reader.onUnknownLine(text.slice(start, end + 1));
    }
  }

  #endEvent(): void {
    const event: SseEvent = {
      id: this.#id,
      comment: this.#comment,
      name: this.#name,
      data: trimLineEnds(this.#data),
    };
    this.#id = "";
    this.#comment = "";
    this.#name = "";
    this.#data = "";
    this.#hasData = false;
    this.#reader.onEvent(event);
  }
}

function value(text: string, start: number, end: number): string {
  return text.slice(text.startsWith(" ", start) ? start + 1 : start, end);
}

function trimLineEnds(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last === 13 || last === LINE_END ? text.replace(/[\r\n]+$/, "") : text;
}
