import type { ModelTokenizer } from "../model/model-tokenizer.ts";
import type { ChatTemplate } from "./chat-template.ts";

/** What a surface knows of the model that it serves. */
export interface ServedModel {
  readonly name: string;
  readonly directory: string;
  /** Digest of the model's files: the key that joins speed and quality. */
  readonly digest: string;
  /** Tokens of prompt and answer together. */
  readonly maxLength: number;
  readonly vocabularySize: number;
  readonly encode: (text: string, addSpecialTokens: boolean) => readonly number[];
  /** Special tokens included. */
  readonly decode: (ids: readonly number[]) => string;
  readonly tokenInfo: TokenLookup;
  readonly chatTemplate: ChatTemplate;
}

interface TokenInfo {
  /** By itself: U+FFFD for a part of a character. */
  readonly text: string;
  /** It belongs to no text: the end of one, for example. */
  readonly special: boolean;
}

type TokenLookup = (id: number) => TokenInfo;

/** Looks each token up once. */
export function createTokenLookup({ decode }: Pick<ModelTokenizer, "decode">): TokenLookup {
  const known = new Map<number, TokenInfo>();
  return (id) => {
    let info = known.get(id);
    if (info === undefined) {
      const text = decode([id], false);
      info = { text, special: text !== "" && decode([id], true) === "" };
      known.set(id, info);
    }
    return info;
  };
}
