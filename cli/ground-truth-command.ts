import type { Command } from "commander";
import {
  drawFaults,
  FAULT_MEANINGS,
  FAULTS,
  parseFaults,
} from "../model-server/ground-truth/faults.ts";
import { startGroundTruth } from "../model-server/ground-truth/start-ground-truth.ts";
import type { Installation } from "./installation.ts";
import { untilStopped } from "./interrupt.ts";
import { milliseconds, wholeNumber } from "./number-flags.ts";
import { print, printJson } from "./terminal.ts";

interface GroundTruthOptions {
  readonly port: number;
  readonly name: string;
  readonly ttft: number;
  readonly gap: number;
  readonly tokens: number;
  readonly log?: string;
  readonly faults?: string;
  readonly seed: number;
  readonly awake: boolean;
  readonly json: boolean;
}

export function addGroundTruthCommand(program: Command, _installation: Installation): void {
  program
    .command("ground-truth")
    .description("serve tokens at known times without a model, on 127.0.0.1, and break as told")
    .option("--port <port>", "port to listen on (0: any free one)", wholeNumber(0), 8000)
    .option("--name <name>", "name of the served model", "ground-truth")
    .option("--ttft <ms>", "from a request to its first token", milliseconds, 100)
    .option("--gap <ms>", "between tokens (0: an answer in one write)", milliseconds, 20)
    .option("--tokens <n>", "of answers whose length is not asked for", wholeNumber(1), 64)
    .option("--log <file>", "append a JSON line a request, with each token's flush time")
    .option("--faults <spec>", "shares of the requests, such as http_500:0.1,cut:0.05")
    .option("--seed <n>", "of which requests have which fault", wholeNumber(0), 1)
    .option("--awake", "never sleep between tokens: more exact, and takes a whole core", false)
    .option("--json", "print one JSON line when ready", false)
    .addHelpText("after", faultsHelp())
    .action(serve);
}

async function serve(options: GroundTruthOptions): Promise<void> {
  const { port, name, ttft, gap, tokens, log, faults, seed, awake } = options;
  const server = await startGroundTruth({
    port,
    model: name,
    ttftMs: ttft,
    gapMs: gap,
    tokens,
    awake,
    ...(log === undefined ? {} : { requestLog: log }),
    ...(faults === undefined ? {} : { faultOf: drawFaults(parseFaults(faults), seed) }),
  });
  const { url, model } = server;
  if (options.json) printJson({ url, model });
  else {
    print(
      `a token each ${gap} ms is served at ${url} (Ctrl-C ends it)\n` +
        `try: npx tradeoff run chat-50vu --once -e BASE_URL=${url}`,
    );
  }
  await untilStopped();
  await server.close();
}

function faultsHelp(): string {
  const width = Math.max(...FAULTS.map((fault) => fault.length)) + 2;
  const lines = FAULTS.map((fault) => `  ${fault.padEnd(width)}${FAULT_MEANINGS[fault]}`);
  return `\nFaults:\n${lines.join("\n")}`;
}
