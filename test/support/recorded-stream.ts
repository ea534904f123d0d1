import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { StreamCapture } from "../../lib/core/stream-protocol.ts";

/** A recorded answer, its framing taken off. */
export interface RecordedStream {
  readonly status: number;
  readonly body: Buffer;
}

/** Reads a file of `test/fixtures/streams`. */
export function readRecordedStream(name: string): RecordedStream {
  const path = new URL(`../fixtures/streams/${name}`, import.meta.url);
  const bytes = readFileSync(fileURLToPath(path));
  const headEnd = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, headEnd).toString("latin1");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  const body = bytes.subarray(headEnd + 4);
  return { status, body: /^[0-9A-Fa-f]+\r\n/.test(body.toString("latin1")) ? dechunk(body) : body };
}

function dechunk(framed: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < framed.length; ) {
    const lineEnd = framed.indexOf("\r\n", at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(framed.subarray(at, lineEnd).toString("latin1"), 16);
    if (!(size > 0)) break;
    parts.push(framed.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/**
 * What the transport notes of a body that comes whole or cut: the lines that are complete, joined into events at empty
 * lines, as xk6-sse does it. Event i comes at 100 + 10 i milliseconds after sending at 0.
 */
export function captureOf(status: number, body: Buffer): StreamCapture {
  const eventData: string[] = [];
  let data: string[] = [];
  let strayLine: string | null = null;
  const complete = body.subarray(0, body.lastIndexOf(0x0a) + 1).toString("utf8");
  for (const line of complete.split("\n").slice(0, -1)) {
    const text = line.replace(/\r$/, "");
    if (text === "") {
      eventData.push(data.join("\n"));
      data = [];
    } else if (text.startsWith("data:")) {
      data.push(text.slice("data:".length).replace(/^ /, ""));
    } else if (!/^(:|event:|id:|retry:)/.test(text)) {
      strayLine ??= text;
    }
  }
  return {
    sentMs: 0,
    headersMs: 50,
    endMs: 100 + 10 * eventData.length,
    status,
    eventMs: eventData.map((_, i) => 100 + 10 * i),
    eventData,
    transportError: null,
    timedOut: false,
    strayLine,
    retryAfterMs: null,
  };
}
