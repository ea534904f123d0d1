import { type Command, Option } from "commander";
import { runPerplexity } from "../ppl-runner/run-perplexity.ts";
import type { Installation } from "./installation.ts";
import { handleInterrupt } from "./interrupt.ts";
import { wholeNumber } from "./number-flags.ts";
import { startProgressBar } from "./progress-bar.ts";
import { print, printJson } from "./terminal.ts";

const PROVIDERS = ["auto", "cpu", "cuda"] as const;

interface PplOptions {
  readonly model: string;
  readonly text: string;
  readonly window: number;
  readonly stride?: number;
  readonly provider: (typeof PROVIDERS)[number];
  readonly variant?: string;
  readonly out: string;
  readonly json: boolean;
}

export function addPplCommand(program: Command, installation: Installation): void {
  program
    .command("ppl")
    .description("measure a model's perplexity on a text (protocol: strided)")
    .requiredOption("--model <dir>", "ONNX model directory, as optimum-cli export onnx writes it")
    .requiredOption("--text <file>", "UTF-8 text the model has not seen")
    .option("--window <tokens>", "tokens in a window", wholeNumber(2), 512)
    .option(
      "--stride <tokens>",
      "tokens a window moves by (default: half the window)",
      wholeNumber(1),
    )
    .addOption(
      new Option("--provider <provider>", "what computes").choices(PROVIDERS).default("auto"),
    )
    .option("--variant <name>", "name that joins it to runs (default: the directory's)")
    .option("--out <dir>", "folder of the suite; goes to <dir>/quality/<id>", "results/default")
    .option("--json", "print the result as one JSON object", false)
    .action(async (options: PplOptions) => {
      process.exitCode = await ppl(options, installation);
    });
}

async function ppl(options: PplOptions, installation: Installation): Promise<number> {
  const abort = new AbortController();
  const restore = handleInterrupt(() => abort.abort());
  const bar = startProgressBar(
    "{bar} {percentage}% | perplexity so far {perplexity} | {rate} tok/s",
    1,
    { perplexity: "–", rate: "–" },
  );
  try {
    const { file, directory } = await runPerplexity({
      modelDirectory: options.model,
      textFile: options.text,
      windowTokens: options.window,
      strideTokens: options.stride ?? Math.max(1, Math.floor(options.window / 2)),
      provider: options.provider,
      outDirectory: options.out,
      ...(options.variant === undefined ? {} : { variant: options.variant }),
      labels: {},
      version: installation.version,
      onProgress: ({ fraction, perplexity, tokensPerSecond }) =>
        bar.update(fraction, {
          perplexity: perplexity.toFixed(2),
          rate: tokensPerSecond.toFixed(0),
        }),
      signal: abort.signal,
    });
    bar.stop();
    if (options.json) {
      const { nlls: _, ...figures } = file;
      printJson({ directory, quality: figures });
    } else {
      print(
        `${file.variant}: perplexity ${file.perplexity.toFixed(3)} (${file.protocol}, window ${file.windowTokens}, ` +
          `stride ${file.strideTokens}, ${file.scoredTokens} tokens scored), ${file.bitsPerByte.toFixed(4)} bits per byte, ` +
          `on ${file.provider.used}\n${directory}`,
      );
    }
    return 0;
  } finally {
    bar.stop();
    restore();
  }
}
