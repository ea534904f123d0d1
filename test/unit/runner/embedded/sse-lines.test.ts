import { describe, expect, test } from "vitest";
import { SseLines } from "../../../../runner/embedded/net/sse-lines.ts";

/** Bytes and what xk6-sse 0.1.11 makes of them on k6 1.8.1 and 2.2.0 (recorded). */
const BYTES = Buffer.from(
  ": ping\n\nid: 5\nevent: foo\ndata: a\ndata: b\n\nretry: 3\n\nwat\n\ndata:x\r\n\r\ndata: \n\nid\n\ndata\n\n\uFEFFdata: q\n\ndata: é😀\n\ndata: last\n",
);
const SEEN = [
  '["","ping","",""]',
  '["5","","foo","a\\nb"]',
  '["","","",""]',
  "unknown: wat\n",
  '["","","",""]',
  '["","","","x"]',
  '["","","",""]',
  "unknown: id\n",
  '["","","",""]',
  "unknown: data\n",
  '["","","",""]',
  "unknown: \uFEFFdata: q\n",
  '["","","",""]',
  '["","","","é😀"]',
];

function read(parts: readonly Buffer[], stopAfter = Number.POSITIVE_INFINITY): string[] {
  const seen: string[] = [];
  const lines = new SseLines({
    onEvent: ({ id, comment, name, data }) => seen.push(JSON.stringify([id, comment, name, data])),
    onUnknownLine: (line) => seen.push(`unknown: ${line}`),
    isClosed: () => seen.length >= stopAfter,
  });
  for (const part of parts) lines.push(part);
  return seen;
}

describe("lines of an event stream", () => {
  test("are read as xk6-sse reads them, quirks and all", () => {
    expect(read([BYTES])).toEqual(SEEN);
  });

  test("are the same wherever the bytes are cut", () => {
    for (let cut = 1; cut < BYTES.length; cut++) {
      expect(read([BYTES.subarray(0, cut), BYTES.subarray(cut)]), `cut at ${cut}`).toEqual(SEEN);
    }
    expect(read([...BYTES].map((byte) => Buffer.of(byte)))).toEqual(SEEN);
  });

  test("stop where the reader has had enough", () => {
    expect(read([BYTES], 2)).toEqual(SEEN.slice(0, 2));
  });
});
