import { existsSync } from "node:fs";
import { z } from "zod";
import { readJson } from "./read-json.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const datasetMetaSchema = z.object({
  kind: z.literal("dataset"),
  version: z.literal(1),
  /** Name of the file that this one lies beside. */
  file: z.string(),
  /** SHA-256 of its bytes. */
  sha256: digest,
  rows: z.number().int().nonnegative(),
  items: z.enum(["prompts", "conversations"]),
  /** What lengths were made or measured in. */
  unit: z.enum(["tokens", "words"]),
  tokenizer: z.object({ path: z.string(), digest }).nullable(),
  source: z.object({ path: z.string(), sha256: digest }),
  /** What whoever prepared it said about the licence of the texts. */
  license: z.string().nullable(),
  seed: z.number().int(),
  /** The command line that made it. */
  command: z.string(),
});

/** `<name>.meta.json` beside a data set: where it is from and how it was made. */
export type DatasetMeta = z.infer<typeof datasetMetaSchema>;

/** `prompts.jsonl` has `prompts.meta.json`. */
export function datasetMetaPath(dataset: string): string {
  return `${dataset.replace(/\.jsonl?$/, "")}.meta.json`;
}

/**
 * `null` where there is none.
 *
 * @throws UserError where there is one that can't be used
 */
export function readDatasetMeta(dataset: string): DatasetMeta | null {
  const path = datasetMetaPath(dataset);
  return existsSync(path) ? readJson(path, datasetMetaSchema) : null;
}
