// Runs another load generator as a process, on the client's core.
import { execFileSync, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { onClientCore } from "../embedded-run.mjs";

/** No model hub, no telemetry. */
const OFFLINE = {
  HF_HUB_OFFLINE: "1",
  TRANSFORMERS_OFFLINE: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  VLLM_NO_USAGE_STATS: "1",
  DO_NOT_TRACK: "1",
};
/** For a start on a busy machine and the load. */
const LIMIT_MS = 300_000;
const SHOWN_LOG = 2_000;

export async function runPeer(program, args, { folder }, variables = {}) {
  const [command, ...rest] = onClientCore([program, ...args]);
  const child = spawn(command, rest, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, HF_HOME: folder, ...OFFLINE, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      log += text;
    });
  }
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...end) => resolve(end));
  });
  if (code !== 0) {
    throw new Error(`${program} ended with ${code ?? signal}: ${log.slice(-SHOWN_LOG)}`);
  }
}

/** The last line that a command prints, where a program says its version. */
export function lastLineOf(program, args) {
  const options = {
    env: { PATH: process.env.PATH, ...OFFLINE },
    stdio: ["ignore", "pipe", "ignore"],
  };
  return `${execFileSync(program, args, options)}`.trim().split("\n").at(-1);
}

/** For a Python program that does not say: the version of its package, asked of the interpreter beside it. */
export function versionOfPackage(program, name) {
  const code = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  return lastLineOf(join(dirname(program), "python"), ["-c", code]);
}
