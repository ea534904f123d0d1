import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createRedactor } from "../lib/core/redact.ts";
import type { Engine } from "./choose-engine.ts";
import { passedOn } from "./engine-environment.ts";

export interface EngineProcess {
  readonly engine: Engine;
  readonly bundlePath: string;
  /** The entry file of the embedded engine, run by this same Node. */
  readonly embeddedEntry: string;
  /** File that console lines (the records) go to, raw. */
  readonly consoleOutput: string;
  /** The whole environment that the script sees, but for what the engine itself needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLogLine: (line: string) => void;
  /** Each abort is one Ctrl-C: the first ends the test gracefully. */
  readonly onInterrupt: (interrupt: () => void) => void;
}

export interface EngineExit {
  readonly code: number;
  /** The signal that ended it where it could not end by itself; `null` where it did. */
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
}

/** k6's exit code of a test that was stopped; that of an engine that could not say so itself. */
export const STOPPED_FROM_OUTSIDE = 105;

/**
 * Runs the engine as a process of its own, so that what this process does (bar, report, server) can't disturb its
 * clock, and waits for its end. It runs in its own process group: a Ctrl-C at the terminal reaches it once, through here,
 * since a second one would make k6 drop everything.
 */
export function runEngineProcess(run: EngineProcess): Promise<EngineExit> {
  const [command, args] = commandLine(run);
  const child = spawn(command, args, {
    detached: process.platform !== "win32",
    env: { ...passedOn(process.env), ...run.env, K6_NO_USAGE_REPORT: "true" },
    stdio: ["ignore", "pipe", "pipe", run.engine.name === "embedded" ? "ipc" : "ignore"],
  });
  run.onInterrupt(() => interrupt(child, run.engine));
  if (run.engine.name === "k6" && child.pid !== undefined) endWithThisProcess(child.pid, child);
  // An engine quotes addresses and errors, and so what a server writes into them.
  const redact = createRedactor(run.env["API_KEY"]);
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  if (child.stderr) {
    createInterface(child.stderr).on("line", (line) => run.onLogLine(redact(line)));
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code: code ?? STOPPED_FROM_OUTSIDE, killedBy: signal, stdout: redact(stdout) });
    });
  });
}

/**
 * Passes one Ctrl-C on. Windows has no signals: there a kill would end the engine at once, without its summary; k6 is told
 * by the console, which sends a Ctrl-C to each of its processes, and the embedded engine leaves that one to this message.
 */
function interrupt(child: ChildProcess, engine: Engine): void {
  if (engine.name === "embedded") {
    // An engine that ended meanwhile can't be told, nor need it be.
    if (child.connected) child.send("interrupt", () => {});
  } else if (process.platform !== "win32") child.kill("SIGINT");
}

const WATCHER = `process.stdin.resume().on("close", () => {
  try { process.kill(Number(process.argv[1]), "SIGINT"); } catch {}
})`;

/**
 * Has k6 interrupted when this process is gone, even by a kill -9: else it would go on loading the server, and with it
 * whatever is measured next. The embedded engine sees to that itself. A process of its own watches, since only the
 * end of a pipe tells of a kill.
 */
function endWithThisProcess(pid: number, child: ChildProcess): void {
  const watcher = spawn(process.execPath, ["-e", WATCHER, String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.on("error", () => {});
  watcher.unref();
  child.once("exit", () => watcher.kill("SIGKILL"));
}

function commandLine(run: EngineProcess): readonly [string, string[]] {
  if (run.engine.name === "embedded") {
    return [process.execPath, [run.embeddedEntry, run.bundlePath, run.consoleOutput]];
  }
  // Port 0: k6's own REST server must not collide with another run's.
  const options = ["--quiet", "--address", "127.0.0.1:0", "--log-format", "raw"];
  return [
    run.engine.path,
    ["run", ...options, "--console-output", run.consoleOutput, run.bundlePath],
  ];
}
