import { type Command, Option } from "commander";
import { shellArgument } from "../lib/core/shell-argument.ts";
import { DIALECTS, type Dialect, startModelServer } from "../model-server/start-model-server.ts";
import type { Installation } from "./installation.ts";
import { untilStopped } from "./interrupt.ts";
import { wholeNumber } from "./number-flags.ts";
import { print, printJson } from "./terminal.ts";

interface ModelServerOptions {
  readonly model: string;
  readonly port: number;
  readonly name?: string;
  readonly maxBatch: number;
  readonly threads: number;
  readonly dialect: Dialect;
  readonly json: boolean;
}

export function addModelServerCommand(program: Command, _installation: Installation): void {
  program
    .command("model-server")
    .description("serve a small ONNX model as vLLM, TGI and Triton do, on 127.0.0.1")
    .requiredOption("--model <dir>", "ONNX model directory, as optimum-cli export onnx writes it")
    .option("--port <port>", "port to listen on (0: any free one)", wholeNumber(0), 8000)
    .option("--name <name>", "name the model is served by (default: the directory's)")
    .option("--max-batch <n>", "sequences decoded together", wholeNumber(1), 32)
    .option("--threads <n>", "threads that compute a step", wholeNumber(1), 1)
    .addOption(
      new Option("--dialect <name>", "whose /v1/* and /metrics are spoken")
        .choices(DIALECTS)
        .default("vllm" satisfies Dialect),
    )
    .option("--json", "print one JSON line when ready", false)
    .action(serve);
}

async function serve(options: ModelServerOptions): Promise<void> {
  const server = await startModelServer({
    modelDirectory: options.model,
    port: options.port,
    maxBatch: options.maxBatch,
    intraOpThreads: options.threads,
    dialect: options.dialect,
    ...(options.name === undefined ? {} : { servedModelName: options.name }),
  });
  const { url, model } = server;
  if (options.json) printJson({ url, model });
  else {
    print(
      `${model} is served at ${url} (Ctrl-C ends it)\n` +
        `try: npx tradeoff run chat-50vu --once -e BASE_URL=${url} -e ${shellArgument(`MODEL=${model}`)}`,
    );
  }
  await untilStopped();
  await server.close();
}
