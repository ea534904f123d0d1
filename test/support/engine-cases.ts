import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunScript, ScriptRun } from "./script-run.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

/** A script and what k6 makes of it: recorded from k6 1.8.1 and 2.2.0, which agree on every one. */
export interface EngineCase {
  readonly name: string;
  /** A file of test/parity/scripts, or the script itself. */
  readonly script: { readonly file: string } | { readonly text: string };
  readonly settings?: Readonly<Record<string, string>>;
  readonly interruptAfterLines?: readonly number[];
  readonly code: number;
  /** What standard output says: text, or the value of its JSON. */
  readonly stdout?: string;
  readonly json?: unknown;
  /** Console lines in any order. */
  readonly console?: readonly string[];
  readonly stderr?: RegExp;
}

const SCRIPTS = join(REPOSITORY, "test", "parity", "scripts");

function scriptPath(file: string): string {
  return join(SCRIPTS, file);
}

function recorded(file: string): string {
  return readFileSync(scriptPath(file), "utf8");
}

/** What the wire can bring, seen by a script; wants the fault server's address as BASE_URL. */
export function faultCase(baseUrl: string): EngineCase {
  return {
    name: "faults",
    script: { file: "faults.js" },
    settings: { BASE_URL: baseUrl },
    code: 0,
    stdout: recorded("faults.summary.expected.txt"),
    console: lines(recorded("faults.expected.txt")),
    stderr: /^(Request Failed\n){10}$/,
  };
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function userLine(user: number, iteration: number): string {
  return JSON.stringify({
    user: [user, user, user],
    iteration: [iteration, iteration, iteration],
    scenario: ["load", "per-vu-iterations"],
    tags: ["load", ""],
    users: [3, 3],
    started: true,
  });
}

/** Cases that need nothing but the engine. */
export const ENGINE_CASES: readonly EngineCase[] = [
  {
    name: "each user does its iterations and knows who it is",
    script: { file: "per-user-values.js" },
    code: 0,
    json: 6,
    console: [1, 2, 3].flatMap((user) => [userLine(user, 0), userLine(user, 1)]),
  },
  {
    name: "users share iterations, and the scenario's environment and tags are theirs",
    script: { file: "shared-iterations.js" },
    code: 0,
    json: {
      counts: [
        "iterations=5",
        "iterations{everywhere:yes}=5",
        "iterations{kind:other}=0",
        "iterations{kind:shared}=5",
      ],
      setup_data: { word: "data", absent: null },
    },
    console: [0, 1, 2, 3, 4].map((i) => `${i} ${i} scenario shared null data`),
  },
  {
    name: "a ramp adds and takes users by steps, and lets them finish",
    script: { file: "ramp.js" },
    settings: { GRACE: "1s" },
    code: 0,
    json: [9, 3, { value: 3, min: 3, max: 3 }],
    console: ["0"],
  },
  {
    name: "a ramp without grace cuts the iterations of the users it takes",
    script: { file: "ramp.js" },
    settings: { GRACE: "0s" },
    code: 0,
    json: [7, 3, { value: 3, min: 3, max: 3 }],
    console: ["2"],
  },
  {
    name: "a ramp's slope adds and takes users at equal distances",
    script: { file: "ramp-slopes.js" },
    code: 0,
    console: ["0 1 2 3 4 3 2 1"],
  },
  {
    name: "iterations that maxDuration leaves are dropped, those under way get their grace",
    script: { file: "time-is-up.js" },
    code: 0,
    json: [10, 18, 1.5],
  },
  {
    name: "samples, tags, checks, groups and thresholds come to k6's figures",
    script: { file: "metrics.js" },
    code: 99,
    json: JSON.parse(recorded("metrics.expected.json")),
    stderr: /^thresholds on metrics 't_time\{phase:steady\}' have been crossed\n$/,
  },
  {
    name: "a threshold that aborts is judged after its delay; teardown and summary follow",
    script: { file: "abort-on-fail.js" },
    code: 99,
    json: [4, { "rate<0.5": { ok: false } }],
    console: ["teardown"],
    stderr: /thresholds on metrics 'bad' were crossed; at least one has abortOnFail enabled/,
  },
  {
    name: "an interrupt cuts iterations at once; teardown and summary follow",
    script: { file: "interrupted.js" },
    interruptAfterLines: [4],
    code: 105,
    json: 2,
    console: ["iteration", "iteration", "iteration", "iteration", "teardown"],
    stderr: /test run was aborted because k6 received a 'interrupt' signal/,
  },
  {
    name: "the console writes values as k6 does",
    script: { file: "console-values.js" },
    code: 0,
    console: lines(recorded("console-values.expected.txt")),
  },
  {
    name: "what works in which context",
    script: { file: "where-things-work.js" },
    code: 0,
    stdout: "1",
    console: lines(recorded("where-things-work.expected.txt")),
  },
];

/** What differs from run to run, or is the engine's own wording, left out. */
export function observed(run: ScriptRun, expected: EngineCase): Partial<EngineCase> {
  const json: unknown = expected.json === undefined ? undefined : JSON.parse(run.stdout);
  return {
    code: run.code,
    ...(expected.json !== undefined && { json }),
    ...(expected.stdout !== undefined && { stdout: run.stdout }),
    ...(expected.console !== undefined && { console: [...run.consoleLines].sort() }),
  };
}

export function expectation(expected: EngineCase): Partial<EngineCase> {
  const { code, json, stdout, console: printed } = expected;
  return {
    code,
    ...(json !== undefined && { json }),
    ...(stdout !== undefined && { stdout }),
    ...(printed !== undefined && { console: [...printed].sort() }),
  };
}

/** Run a case on an engine. */
export async function runCase(
  run: RunScript,
  { script, settings = {}, interruptAfterLines }: EngineCase,
): Promise<ScriptRun> {
  const options = interruptAfterLines === undefined ? {} : { interruptAfterLines };
  if ("file" in script) return run(scriptPath(script.file), settings, options);
  using folder = new TemporaryProject().write("script.js", script.text);
  return await run(join(folder.root, "script.js"), settings, options);
}
