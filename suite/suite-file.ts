import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { FILE_SETTINGS, SETTING_NAMES, type SettingName } from "../lib/core/setting-table.ts";
import { UserError } from "../lib/core/user-error.ts";
import { readJson } from "../records/read-json.ts";

/** What the suite sets itself for each run, and a secret, which belongs into the environment and in no file. */
const NOT_OF_A_SUITE: readonly SettingName[] = [
  "BASE_URL",
  "MODEL",
  "API_KEY",
  "LABELS",
  "RECORDS",
  "ONCE",
  "DRY_RUN",
  "SOURCES",
  "RUN_ID",
  "INSTANCE",
  "SUMMARY_FILE",
];
const SUITE_SETTINGS = SETTING_NAMES.filter((name) => !NOT_OF_A_SUITE.includes(name));

const settingsSchema = z.record(z.string(), z.string()).superRefine((settings, context) => {
  for (const name of Object.keys(settings)) {
    if (SUITE_SETTINGS.some((known) => known === name)) continue;
    const message = `no such setting of a suite, allowed: ${SUITE_SETTINGS.join(", ")}`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

/** Labels travel as `k=v,...`. */
const labelName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/);
const labelValue = z
  .string()
  .regex(/^[^,\s](?:[^,]*[^,\s])?$/, "a text without commas, nor blanks at its ends");

const variantSchema = z.strictObject({
  name: labelValue,
  /** Model directory, relative to the suite file: its quality is measured, and it is served where `baseUrl` is absent. */
  model: z.string().min(1),
  /** A server that runs already; absent: the embedded server serves `model`. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Where that server's metrics are, if not at `/metrics` of `baseUrl`. */
  metricsUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Name the server knows the model by. */
  servedModel: z.string().min(1).optional(),
  labels: z.record(labelName, labelValue).default({}),
});

const suiteFileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes"),
  description: z.string().optional(),
  profile: z.string().min(1),
  settings: settingsSchema.default({}),
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
  const files = FILE_SETTINGS.flatMap((name) => {
    const file = suite.settings[name];
    return file === undefined ? [] : [[name, resolve(folder, file)]];
  });
  return {
    ...suite,
    settings: { ...suite.settings, ...Object.fromEntries(files) },
    quality: { ...suite.quality, text: resolve(folder, suite.quality.text) },
    variants: suite.variants.map((v) => ({ ...v, model: resolve(folder, v.model) })),
  };
}
