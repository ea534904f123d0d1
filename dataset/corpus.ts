import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Random, randomInt } from "../lib/core/random.ts";
import { UserError } from "../lib/core/user-error.ts";
import { exactText } from "./exact-text.ts";
import type { TextMeasure } from "./text-measure.ts";

/** A text file of any size, of which passages are read where they are needed. */
export interface Corpus extends Disposable {
  /**
   * A passage of just that length from a drawn place on; after the end of the text comes its beginning.
   *
   * @throws UserError where the text is no UTF-8, or gives no such passage
   */
  readonly passage: (measure: TextMeasure, length: number, random: Random) => string;
}

/** Places to try before giving up: nearly any place does. */
const PLACES = 50;
const BYTES_A_PIECE = 8;
const LONGEST_READ = 1 << 26;

/** @throws UserError where the file can't be read, or holds no words */
export function openCorpus(path: string): Corpus {
  const descriptor = openFile(path);
  const size = fstatSync(descriptor).size;
  const read = (offset: number, bytes: number): string =>
    readRound(descriptor, size, offset, bytes);
  if (!/\S/.test(read(0, Math.min(size, 65_536)))) {
    closeSync(descriptor);
    throw new UserError("bad-input", `${path}: found no words to make prompts of`);
  }
  return {
    passage: (measure, length, random) => {
      for (let place = 0; place < PLACES; place++) {
        const offset = randomInt(random, size);
        for (let bytes = length * BYTES_A_PIECE + 64; bytes < LONGEST_READ; bytes *= 2) {
          const stretch = fromWordStart(read(offset, bytes));
          if (stretch.includes("\ufffd"))
            throw new UserError("bad-input", `${path}: no UTF-8 text`);
          const text = exactText(measure, stretch, length);
          if (text !== undefined) return text;
          // Long enough, and still no cut fits: another place.
          if (measure.count(stretch) > length + 1) break;
        }
      }
      throw new UserError(
        "bad-input",
        `${path}: no passage of just ${length} ${measure.unit} found in ${PLACES} places`,
      );
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

function openFile(path: string): number {
  try {
    const descriptor = openSync(path, "r");
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `can't read ${path}: ${reason}`, { cause });
  }
  throw new UserError("bad-input", `${path} is no file`);
}

/** Bytes from an offset on, round and round, as text without the parts of characters at its ends. */
function readRound(descriptor: number, size: number, offset: number, bytes: number): string {
  if (size === 0) return "";
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  let from = offset;
  while (filled < bytes) {
    const got = readSync(descriptor, buffer, filled, Math.min(bytes - filled, size - from), from);
    if (got === 0) break;
    filled += got;
    from = (from + got) % size;
    // The last word of the text and its first are two.
    if (from === 0 && filled < bytes) filled += buffer.write("\n", filled);
  }
  let start = 0;
  while (start < 3 && ((buffer[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return buffer.toString("utf8", start, filled).replace(/\ufffd+$/, "");
}

/** Without the rest of the word in which the text begins. */
function fromWordStart(text: string): string {
  const space = text.search(/\s/);
  return space < 0 ? text : text.slice(space).trimStart();
}
