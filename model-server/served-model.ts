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
  readonly chatTemplate: ChatTemplate;
}
