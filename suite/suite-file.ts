import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "../lib/core/user-error.ts";
import { readJson } from "../records/read-json.ts";

const variantSchema = z.strictObject({
  name: z.string().min(1),
  /** Model directory, relative to the suite file: its quality is measured, and it is served where `baseUrl` is absent. */
  model: z.string().min(1),
  /** A server that runs already; absent: the embedded server serves `model`. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Where that server's metrics are, if not at `/metrics` of `baseUrl`. */
  metricsUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Name the server knows the model by. */
  servedModel: z.string().min(1).optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

const suiteFileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes"),
  description: z.string().optional(),
  profile: z.string().min(1),
  settings: z.record(z.string(), z.string()).default({}),
  repeats: z.number().int().min(1).max(100).default(1),
  quality: z.strictObject({
    text: z.string().min(1),
    windowTokens: z.number().int().min(2),
    strideTokens: z.number().int().min(1),
  }),
  variants: z.array(variantSchema).min(1),
});

export type SuiteVariant = z.infer<typeof variantSchema>;
/** A suite: which variants, loaded by which profile how often, and the text that judges their quality. */
export type Suite = z.infer<typeof suiteFileSchema>;

/**
 * Reads a suite file; paths in it are made absolute.
 *
 * @throws UserError naming the file and each wrong field
 */
export function readSuiteFile(path: string): Suite {
  if (!existsSync(path)) throw new UserError("bad-input", `no suite file ${path}`);
  const suite = readJson(path, suiteFileSchema);
  const names = suite.variants.map((variant) => variant.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UserError("bad-input", `${path}: variants: the name "${twice}" is used twice`);
  }
  const folder = dirname(path);
  return {
    ...suite,
    quality: { ...suite.quality, text: resolve(folder, suite.quality.text) },
    variants: suite.variants.map((v) => ({ ...v, model: resolve(folder, v.model) })),
  };
}
