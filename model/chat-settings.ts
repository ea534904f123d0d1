import { join } from "node:path";
import { z } from "zod";
import { type ModelFile, parseModelFile, readOptionalText } from "./model-file.ts";

const specialToken = z
  .union([z.string(), z.object({ content: z.string() })])
  .nullish()
  .transform((token) => (typeof token === "string" ? token : token?.content));

const settingsSchema = z.looseObject({
  bos_token: specialToken,
  eos_token: specialToken,
  pad_token: specialToken,
  unk_token: specialToken,
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
});

/** What turns a conversation into text. */
export interface ChatSettings {
  /** Jinja source; `null` for a base model. */
  readonly template: string | null;
  /** The special tokens that a template may name: `bos_token`, `eos_token`, `pad_token`, `unk_token`. */
  readonly specialTokens: Readonly<Record<string, string>>;
}

/**
 * `chat_template.jinja`, or the template in `tokenizer_config.json` of older exports.
 *
 * @throws UserError naming the file and the wrong field
 */
export function readChatSettings(directory: string, settings: ModelFile | null): ChatSettings {
  const file = readOptionalText(join(directory, "chat_template.jinja"));
  if (settings === null) return { template: file, specialTokens: {} };
  const { chat_template, ...parsed } = parseModelFile(settings, settingsSchema);
  const specialTokens: Record<string, string> = {};
  for (const name of ["bos_token", "eos_token", "pad_token", "unk_token"] as const) {
    const token = parsed[name];
    if (token !== undefined) specialTokens[name] = token;
  }
  const inSettings =
    typeof chat_template === "object"
      ? chat_template?.find(({ name }) => name === "default")?.template
      : chat_template;
  return { template: file ?? inSettings ?? null, specialTokens };
}
