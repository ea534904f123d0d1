import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { type ModelFile, parseModelFile } from "./model-file.ts";

/** A text as the model reads it. */
interface EncodedText {
  readonly ids: readonly number[];
  /** Ids at the head that the tokenizer put before the text (BOS). */
  readonly prefixTokens: number;
  /**
   * UTF-8 bytes of text that each id stands for, 0 for the prefix. Their sum is the text's bytes, unless the tokenizer
   * changes the text (lower case, NFC) before it cuts it.
   */
  readonly bytes: readonly number[];
}

export interface ModelTokenizer {
  /** Ids up to the largest one that the tokenizer can give. */
  readonly size: number;
  readonly encode: (text: string, addSpecialTokens: boolean) => readonly number[];
  readonly decode: (ids: readonly number[], skipSpecialTokens: boolean) => string;
  /**
   * A whole text, however long, as one stream: what the tokenizer puts before a text stays (BOS), what it puts behind one
   * (EOS) does not.
   */
  readonly encodeStream: (text: string) => EncodedText;
}

const fileSchema = z.looseObject({
  model: z.looseObject({ type: z.string().optional() }),
  decoder: z
    .looseObject({
      type: z.string(),
      decoders: z.array(z.looseObject({ type: z.string() })).optional(),
    })
    .nullish(),
});

/**
 * @param settings `tokenizer_config.json` where there is one
 * @throws UserError naming the file where no tokenizer can be made of it
 */
export function createModelTokenizer(file: ModelFile, settings: ModelFile | null): ModelTokenizer {
  const content = parseModelFile(file, fileSchema);
  const tokenizer = build(file, content, settings);
  const added = tokenizer.get_added_tokens_decoder();
  const byteLevel = [content.decoder, ...(content.decoder?.decoders ?? [])].some(
    (decoder) => decoder?.type === "ByteLevel",
  );
  const encode = (text: string, addSpecialTokens: boolean): readonly number[] =>
    tokenizer.encode(text, { add_special_tokens: addSpecialTokens }).ids;
  const tokenText = (id: number): string => tokenizer.id_to_token(id) ?? "";
  const bytesOf = (id: number): number => {
    const special = added.get(id);
    if (special !== undefined) return Buffer.byteLength(special.content);
    const text = tokenText(id);
    return byteLevel ? text.length : sentencePieceBytes(text);
  };
  return {
    size: largestId(tokenizer) + 1,
    encode,
    decode: (ids, skipSpecialTokens) =>
      tokenizer.decode([...ids], { skip_special_tokens: skipSpecialTokens }),
    encodeStream: (text) => {
      const prefix = idsBeforeText(encode);
      const plain = (part: string): readonly number[] => encode(part, false);
      const ids = byteLevel ? plain(text) : encodeByLines(text, plain, tokenText);
      const bytes = ids.map(bytesOf);
      // The mark of a word's start that SentencePiece puts before the text is none of the text's spaces.
      const marked = tokenText(ids[0] ?? -1).startsWith("▁") && !text.startsWith(" ");
      if (marked && !byteLevel) bytes[0] = (bytes[0] ?? 0) - 1;
      return {
        ids: prefix.concat(ids),
        prefixTokens: prefix.length,
        bytes: prefix.map(() => 0).concat(bytes),
      };
    },
  };
}

function build(file: ModelFile, content: object, settings: ModelFile | null): Tokenizer {
  const config = settings === null ? {} : parseModelFile(settings, z.looseObject({}));
  try {
    const tokenizer = new Tokenizer(content, config);
    tokenizer.encode("a");
    return tokenizer;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw file.error(
      `makes no tokenizer (${reason}); expected one of Hugging Face's "fast" tokenizers`,
    );
  }
}

function largestId(tokenizer: Tokenizer): number {
  let largest = -1;
  for (const id of tokenizer.get_vocab(true).values()) largest = Math.max(largest, id);
  return largest;
}

function idsBeforeText(encode: ModelTokenizer["encode"]): readonly number[] {
  const bare = encode("a", false);
  const dressed = encode("a", true);
  const first = bare[0];
  return first === undefined ? [] : dressed.slice(0, Math.max(0, dressed.indexOf(first)));
}

/** Text that is encoded both ways to see whether lines can be encoded one by one. */
const PROBE_CHARACTERS = 4_000;

/**
 * SentencePiece-style tokenizers take quadratic time in JavaScript, so a long text is cut before its line ends. A part
 * then starts with a line end, and the mark of a word's start that the tokenizer puts before any text is taken off again.
 * Where this gives other ids than the head of the text in one piece, the text stays in one piece.
 */
function encodeByLines(
  text: string,
  encode: (part: string) => readonly number[],
  tokenText: (id: number) => string,
): readonly number[] {
  const joined = (whole: string): number[] => {
    const ids: number[] = [];
    for (const part of whole.match(/\n+[^\n]*|[^\n]+/g) ?? []) {
      const encoded = encode(part);
      const marked = part.startsWith("\n") && ids.length > 0 && tokenText(encoded[0] ?? -1) === "▁";
      for (const id of marked ? encoded.slice(1) : encoded) ids.push(id);
    }
    return ids;
  };
  const probe = text.slice(0, PROBE_CHARACTERS);
  const expected = encode(probe);
  const same = joined(probe).every((id, index) => id === expected[index]);
  return same ? joined(text) : encode(text);
}

/** `▁` is a space, `<0x0A>` a byte of a character that has no token of its own. */
function sentencePieceBytes(token: string): number {
  if (/^<0x[0-9A-F]{2}>$/.test(token)) return 1;
  return Buffer.byteLength(token.replaceAll("▁", " "));
}
