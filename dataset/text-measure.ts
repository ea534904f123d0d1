import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import { wordsOf } from "../lib/workload/synthetic-prompt.ts";
import { digestModelFiles } from "../model/model-digest.ts";
import { readModelFile, readOptionalModelFile } from "../model/model-file.ts";
import { createModelTokenizer } from "../model/model-tokenizer.ts";

/** How long texts are: in the tokens of one model, or in words. */
export interface TextMeasure {
  readonly unit: "tokens" | "words";
  readonly tokenizer: { readonly path: string; readonly digest: string } | null;
  /** Without what a model puts around a text (BOS, chat template). */
  readonly count: (text: string) => number;
  /** Where each piece ends, as offsets into the text; between characters even where a token ends within one. */
  readonly ends: (text: string) => readonly number[];
}

export const inWords: TextMeasure = {
  unit: "words",
  tokenizer: null,
  count: (text) => wordsOf(text).length,
  ends: (text) => Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => index + word.length),
};

/**
 * @param path a `tokenizer.json`, or a directory that holds one
 * @throws UserError where there is none, or it can't be used
 */
export async function inTokensOf(path: string): Promise<TextMeasure> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new UserError(
      "bad-input",
      `${path} is not there; expected a tokenizer.json or its folder`,
    );
  }
  const file = found.isDirectory() ? join(path, "tokenizer.json") : path;
  const [directory, name] = [dirname(file), basename(file)];
  const settings = readOptionalModelFile(directory, "tokenizer_config.json");
  const tokenizer = createModelTokenizer(readModelFile(directory, name), settings);
  return {
    unit: "tokens",
    tokenizer: { path, digest: await digestModelFiles(directory, [name]) },
    count: (text) => {
      const { ids, prefixTokens } = tokenizer.encodeStream(text);
      return ids.length - prefixTokens;
    },
    ends: (text) => {
      const { bytes, prefixTokens } = tokenizer.encodeStream(text);
      return offsetsOf(text, bytes.slice(prefixTokens));
    },
  };
}

/** Offsets in UTF-16 units of the ends of pieces that are given in UTF-8 bytes. */
function offsetsOf(text: string, bytes: readonly number[]): number[] {
  let offset = 0;
  let bytesBefore = 0;
  let due = 0;
  return bytes.map((count) => {
    due += count;
    while (bytesBefore < due && offset < text.length) {
      const code = text.codePointAt(offset) ?? 0;
      bytesBefore += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      offset += code < 0x10000 ? 1 : 2;
    }
    return offset;
  });
}
