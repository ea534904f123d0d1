import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { describeDataset } from "../dataset/describe-dataset.ts";
import { renderDescription, renderTrace } from "../dataset/describe-text.ts";
import { describeTrace, isTrace } from "../dataset/describe-trace.ts";
import { prepareDataset, type SharedPrefix } from "../dataset/prepare-dataset.ts";
import { firstLine, type SourceFormat } from "../dataset/read-items.ts";
import { sampleDataset } from "../dataset/sample-dataset.ts";
import { inTokensOf } from "../dataset/text-measure.ts";
import { validateDataset } from "../dataset/validate-dataset.ts";
import { type SettingParser, settingParsers } from "../lib/core/setting-parsers.ts";
import type { LengthDistribution } from "../lib/workload/length-distribution.ts";
import { lengthDistribution } from "../lib/workload/length-text.ts";
import { type DatasetMeta, datasetMetaPath } from "../records/dataset-meta.ts";
import { EXIT_USAGE } from "./exit-codes.ts";
import type { Installation } from "./installation.ts";
import { handleInterrupt } from "./interrupt.ts";
import { wholeNumber } from "./number-flags.ts";
import { print, printJson } from "./terminal.ts";

/** The source that is none: passages of the committed public-domain text. */
const SYNTHETIC = "synthetic";
const SYNTHETIC_TEXT = ["data", "sotu-heldout.txt"];
const SYNTHETIC_LICENSE = "public domain (State of the Union addresses)";
const MOST_ROWS = 1_000_000;

interface WriteOptions {
  readonly count: number;
  readonly seed: number;
  readonly license?: string;
  readonly out: string;
  readonly json: boolean;
}

interface PrepareOptions extends WriteOptions {
  readonly format: SourceFormat | "auto";
  readonly tokenizer?: string;
  readonly inputTokens?: LengthDistribution;
  readonly outputTokens?: LengthDistribution;
  readonly sharedPrefix?: SharedPrefix;
  readonly turns?: LengthDistribution;
  readonly least: number;
  readonly longestInput: number;
  readonly longestTotal: number;
}

const LENGTHS = `
lengths  ${lengthDistribution.allowed.replace("; lengths", ";\n         lengths")}
         in the tokenizer's tokens, or in words where no --tokenizer is given
`;

export function addDatasetCommand(program: Command, installation: Installation): void {
  const dataset = program
    .command("dataset")
    .description("prepare, sample, validate and describe data sets for profiles");
  addWriting(
    dataset
      .command("prepare")
      .description("make a data set with lengths in the target model's own tokens")
      .argument("<source>", "ShareGPT JSON, JSON lines, a text file, or the word synthetic"),
  )
    .addOption(
      new Option("--format <format>", "how to read the source")
        .choices(["auto", "json", "jsonl", "text"])
        .default("auto"),
    )
    .option("--tokenizer <path>", "the target model's tokenizer.json, or its folder")
    .option("--input-tokens <lengths>", "how long prompts are", lengths)
    .option("--output-tokens <lengths>", "how long answers to ask for", lengths)
    .option("--turns <lengths>", "make conversations of so many turns", lengths)
    .option("--shared-prefix <NxLENGTH>", "N system messages of that length, each shared", prefix)
    .option(
      "--least <length>",
      "pass over a source's prompts and answers under it",
      wholeNumber(1),
      4,
    )
    .option(
      "--longest-input <length>",
      "pass over a source's prompts over it",
      wholeNumber(1),
      1024,
    )
    .option(
      "--longest-total <length>",
      "pass over those that come over it with their answer",
      wholeNumber(1),
      2048,
    )
    .addHelpText("after", LENGTHS)
    .action((source: string, options: PrepareOptions) => prepare(source, options, installation));
  addWriting(
    dataset
      .command("sample")
      .description("write a seeded sample of a data set's rows")
      .argument("<dataset>", "JSON lines, as profiles read them"),
  ).action(async (source: string, options: WriteOptions) => {
    const { json, license, ...sampling } = options;
    const command = commandLine();
    printMeta(await sampleDataset({ ...sampling, license, source, command }), options);
  });
  dataset
    .command("validate")
    .description("read every row as a profile would, and list what is wrong (exit 2)")
    .argument("<files...>", "data sets or traces")
    .option("--json", "print what was found as one JSON list", false)
    .action(validate);
  dataset
    .command("describe")
    .description("rows, lengths, duplicates and licence of a data set; rate and lengths of a trace")
    .argument("<file>", "JSON lines, as profiles read them, or a trace")
    .option("--tokenizer <path>", "count in this model's tokens: a tokenizer.json, or its folder")
    .option("--json", "print it as one JSON object", false)
    .action(describe);
}

function addWriting(command: Command): Command {
  return command
    .requiredOption("--out <file>", "where to write it; notes go to <name>.meta.json beside it")
    .option("--count <rows>", "how many rows", rows, 100)
    .option("--seed <n>", "the same seed, the same rows", seed, 1)
    .option("--license <text>", "licence of the texts, for the notes")
    .option("--json", "print the notes as one JSON object", false);
}

async function prepare(
  source: string,
  options: PrepareOptions,
  installation: Installation,
): Promise<void> {
  const abort = new AbortController();
  const restore = handleInterrupt(() => abort.abort());
  const synthetic = source === SYNTHETIC;
  const { least, longestInput, longestTotal } = options;
  try {
    const meta = await prepareDataset(
      {
        source: synthetic ? join(installation.root, ...SYNTHETIC_TEXT) : source,
        format: synthetic ? "text" : options.format,
        tokenizer: options.tokenizer,
        inputLengths: options.inputTokens,
        outputTokens: options.outputTokens,
        count: options.count,
        seed: options.seed,
        sharedPrefix: options.sharedPrefix,
        turns: options.turns,
        limits: { leastLength: least, longestInput, longestTotal },
        license: options.license ?? (synthetic ? SYNTHETIC_LICENSE : undefined),
        out: options.out,
        command: commandLine(),
      },
      abort.signal,
    );
    printMeta(meta, options);
  } finally {
    restore();
  }
}

function printMeta(meta: DatasetMeta, { out, json }: WriteOptions): void {
  if (json) {
    printJson(meta);
    return;
  }
  const unit = meta.unit === "tokens" ? "tokens of the tokenizer given" : "words, not tokens";
  print(`${out}: ${meta.rows} ${meta.items}, lengths in ${unit}\n${datasetMetaPath(out)}`);
}

async function validate(files: string[], { json }: { json: boolean }): Promise<void> {
  const found = [];
  for (const file of files) found.push(await validateDataset(file));
  if (found.some(({ problemCount }) => problemCount > 0)) process.exitCode = EXIT_USAGE;
  if (json) {
    printJson(found);
    return;
  }
  for (const { file, items, rows, problemCount, problems } of found) {
    const verdict = problemCount === 0 ? "all good" : `${problemCount} with problems`;
    print(`${file}: ${rows} rows (${items ?? "of no kind"}), ${verdict}`);
    for (const { line, message } of problems) {
      print(`  ${line === null ? "" : `line ${line}: `}${message}`);
    }
    if (problemCount > problems.length) print(`  and ${problemCount - problems.length} more`);
  }
}

async function describe(
  file: string,
  { tokenizer, json }: { tokenizer?: string; json: boolean },
): Promise<void> {
  if (isTrace(await firstLine(file))) {
    const trace = await describeTrace(file);
    if (json) printJson(trace);
    else print(renderTrace(trace));
    return;
  }
  const measure = tokenizer === undefined ? undefined : await inTokensOf(tokenizer);
  const dataset = await describeDataset(file, measure);
  if (json) printJson(dataset);
  else print(renderDescription(dataset));
}

function commandLine(): string {
  return ["tradeoff", ...process.argv.slice(2)].join(" ");
}

/** A parser of a flag that is written as the setting of that kind is. */
function asSetting<T>({ parse, allowed }: SettingParser<T>): (text: string) => T {
  return (text) => {
    const value = parse(text);
    if (value !== undefined) return value;
    throw new InvalidArgumentError(`found "${text}", allowed: ${allowed}`);
  };
}

const lengths = asSetting(lengthDistribution);
const seed = asSetting(settingParsers().seed);

function prefix(text: string): SharedPrefix {
  const [, prefixes, length] = /^([1-9]\d{0,5})x([1-9]\d{0,5})$/.exec(text) ?? [];
  if (prefixes === undefined || length === undefined) {
    throw new InvalidArgumentError(`found "${text}", allowed: 4x512, for 4 of 512 tokens each`);
  }
  return { prefixes: Number(prefixes), length: Number(length) };
}

function rows(text: string): number {
  const count = wholeNumber(1)(text);
  if (count <= MOST_ROWS) return count;
  throw new InvalidArgumentError(`found "${text}", allowed: 1 to ${MOST_ROWS}`);
}
