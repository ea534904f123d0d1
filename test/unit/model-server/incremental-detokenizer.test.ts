import { describe, expect, test } from "vitest";
import { createIncrementalDetokenizer } from "../../../model-server/engine/incremental-detokenizer.ts";

/** Each token is one byte; 256 is a special token without text. */
const decodeBytes = (ids: readonly number[]): string =>
  new TextDecoder().decode(Uint8Array.from(ids.filter((id) => id < 256)));

function pieces(tokens: readonly number[]): string[] {
  const detokenizer = createIncrementalDetokenizer(decodeBytes);
  return [...tokens.map((token) => detokenizer.push(token)), detokenizer.flush()];
}

describe("incremental detokenizer", () => {
  test("gives one piece a token for plain text", () => {
    expect(pieces([0x68, 0x69])).toEqual(["h", "i", ""]);
  });

  test("holds a character back until its last byte", () => {
    // U+20AC EURO SIGN is E2 82 AC, U+1F600 is F0 9F 98 80 (Unicode standard, table 3-6).
    expect(pieces([0xe2, 0x82, 0xac, 0x21])).toEqual(["", "", "€", "!", ""]);
    expect(pieces([0xf0, 0x9f, 0x98, 0x80])).toEqual(["", "", "", "😀", ""]);
  });

  test("shows a character that never becomes whole when the text ends", () => {
    expect(pieces([0x61, 0xe2, 0x82])).toEqual(["a", "", "", "\uFFFD"]);
  });

  test("does not hold broken text back for ever", () => {
    const shown = pieces([0x80, 0x80, 0x80, 0x80, 0x61]);
    expect(shown.slice(0, 3)).toEqual(["", "", ""]);
    expect(shown.join("")).toBe("\uFFFD\uFFFD\uFFFD\uFFFDa");
  });

  test("gives nothing for special tokens and goes on after them", () => {
    expect(pieces([0x61, 256, 256, 0x62])).toEqual(["a", "", "", "b", ""]);
  });

  test("keeps a character that a special token interrupts", () => {
    expect(pieces([0xc3, 256, 0xa9]).join("")).toBe("é");
  });

  test("keeps the space that a tokenizer drops at the start of a text", () => {
    // SentencePiece style: every token carries its space, the first one's is stripped when decoding.
    const words = ["▁the", "▁sea"];
    const decode = (ids: readonly number[]): string =>
      ids
        .map((id) => words[id] ?? "")
        .join("")
        .replaceAll("▁", " ")
        .trimStart();
    const detokenizer = createIncrementalDetokenizer(decode);
    expect([detokenizer.push(0), detokenizer.push(1)]).toEqual(["the", " sea"]);
  });
});
