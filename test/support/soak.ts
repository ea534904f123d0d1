import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import { recordsOf } from "./profile-behaviour.ts";
import { startScriptedServer } from "./scripted-server.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

const USERS = 200;
/** Enough for the code to be compiled and every buffer to have its size. */
const FIRST_REQUESTS = 2_000;
const MORE_REQUESTS = 2_000;
const ANSWER = { kind: "stream", tokens: 8 } as const;

/** The soak profile with all its users there from the start. */
export const SOAK = "soak.ts";
/** The same, holding 2 kB of every request. */
export const LEAK = "leaking-soak.ts";
const LEAKING = `
  import * as profile from "./soak.ts";
  export const { options, setup, heartbeat, handleSummary } = profile;
  const kept = [];
  export async function run(data) {
    await profile.run(data);
    kept.push(new Float64Array(256));
  }`;

/** How to start an engine on a script, and how to ask it what it keeps once all garbage is collected. */
export interface SoakedEngine {
  readonly command: readonly string[];
  readonly keptBytes: (engine: ChildProcess) => Promise<number>;
}

export interface Soaked {
  /** What more the engine keeps after a request than before it. */
  readonly bytesARequest: number;
  readonly records: readonly RequestRecord[];
}

/**
 * Two hundred users at once, two thousand requests, and two thousand more. Both times the engine's memory is asked for
 * while every user waits for an answer that the server holds back: the same state, however fast the machine is.
 *
 * @param engineFor the engine for a script and the file that its console goes to
 */
export async function soak(
  scenario: string,
  engineFor: (script: string, consoleFile: string) => SoakedEngine,
): Promise<Soaked> {
  using project = new TemporaryProject().copy("lib", "scenarios", "thresholds", "data");
  const profile = readFileSync(join(REPOSITORY, "scenarios", "soak.ts"), "utf8");
  project.write(`scenarios/${SOAK}`, profile.replace(/rampUp: "\d+s"/, 'rampUp: "0s"'));
  project.write(`scenarios/${LEAK}`, LEAKING);
  const turnstile = createTurnstile(USERS);
  const server = await startScriptedServer({
    behave: async () => {
      await turnstile.pass();
      return ANSWER;
    },
  });
  const consoleFile = join(project.root, "console");
  const { command, keptBytes } = engineFor(join(project.root, "scenarios", scenario), consoleFile);
  const [program = "", ...args] = command;
  const engine = spawn(program, args, {
    cwd: project.root,
    env: {
      ...{ PATH: process.env["PATH"] ?? "", HOME: project.root, BASE_URL: server.url },
      ...{ RECORDS: "console", HEALTH: "report", TIMEOUT: "10m" },
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let log = "";
  engine.stderr?.on("data", (text) => {
    log += text;
  });
  const gone = new Promise<never>((_, reject) => {
    engine.on("close", (code) => reject(new Error(`the engine ended with ${code}: ${log}`)));
  });
  gone.catch(() => {});
  const keptAfter = async (requests: number) => {
    await Promise.race([turnstile.letPass(requests), gone]);
    return await Promise.race([keptBytes(engine), gone]);
  };
  try {
    const before = await keptAfter(FIRST_REQUESTS);
    const after = await keptAfter(MORE_REQUESTS);
    const consoleLines = readFileSync(consoleFile, "utf8").trimEnd().split("\n");
    const { requests } = recordsOf({ code: 0, stdout: "", stderr: log, consoleLines });
    return { bytesARequest: (after - before) / MORE_REQUESTS, records: requests };
  } finally {
    engine.kill("SIGKILL");
    await gone.catch(() => {});
    await server.kill();
  }
}

/** Lets a number of users pass, each of whom comes again, until all of them stand before it. */
function createTurnstile(users: number) {
  const standing: (() => void)[] = [];
  let free = 0;
  let onAllStanding = () => {};
  return {
    pass: () =>
      new Promise<void>((resolve) => {
        if (free > 0) {
          free -= 1;
          resolve();
          return;
        }
        standing.push(resolve);
        if (standing.length === users) onAllStanding();
      }),
    letPass: (count: number) =>
      new Promise<void>((resolve) => {
        onAllStanding = resolve;
        free = count - standing.length;
        for (const go of standing.splice(0)) go();
      }),
  };
}
