import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { REPOSITORY } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

const CI = join(REPOSITORY, "examples", "ci");
const SCRIPT = join(CI, "measure-and-gate.sh");

const step = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w-]+\/[\w/-]+@v\d+$/)
    .optional(),
  with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({ contents: z.literal("read") }),
  concurrency: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.strictObject({
      "runs-on": z.string(),
      "timeout-minutes": z.number(),
      env: z.record(z.string(), z.string()),
      steps: z.array(step.refine(({ uses, run }) => (uses === undefined) !== (run === undefined))),
    }),
  ),
});
const pipeline = z.object({
  performance: z.object({
    script: z.array(z.string()),
    variables: z.record(z.string(), z.string()),
    artifacts: z.object({ reports: z.object({ junit: z.string() }) }),
  }),
});

function read(file: string): unknown {
  return parse(readFileSync(join(CI, file), "utf8"), { strict: true, uniqueKeys: true });
}

const github = workflow.parse(read("github-workflow.yml")).jobs["gate"];
const gitlab = pipeline.parse(read("gitlab-ci.yml")).performance;
if (github === undefined) throw new Error("the workflow has no job gate");

const commands = [
  ...github.steps.flatMap(({ run }) => (run === undefined ? [] : run.trim().split("\n"))),
  ...gitlab.script.flatMap((line) => line.trim().split("\n")),
].map((line) => line.trim());

describe("what the workflows call is there", () => {
  test("npm scripts and files", () => {
    const scripts = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"))).scripts;
    const called = commands.flatMap((line) => /^npm run (\S+)/.exec(line)?.[1] ?? []);
    expect(called.length).toBeGreaterThan(0);
    for (const name of called) expect(Object.keys(scripts)).toContain(name);
    const files = [...commands, ...Object.values(github.env), ...Object.values(gitlab.variables)]
      .flatMap((line) => line.match(/\b(?:examples|model-server\/models|data)\/[\w./-]+/g) ?? [])
      .map((file) => join(REPOSITORY, file));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(existsSync(file), file).toBe(true);
  });

  test("tradeoff's commands and flags, those of the script included", async () => {
    const script = readFileSync(SCRIPT, "utf8");
    const used = [
      ...commands.flatMap((line) => /npx tradeoff (.*)/.exec(line)?.[1] ?? []),
      `ppl ${github.env["PPL_FLAGS"]} --out o`,
      `gate ${github.env["GATE_FLAGS"]} ${script
        .match(/--[a-z-]+/g)
        ?.filter((flag) => !["--model", "--text", "--out"].includes(flag))
        .join(" ")}`,
      "run --out o",
    ];
    expect(used).toHaveLength(5);
    for (const line of used) {
      const [command = ""] = line.split(" ");
      const help = await tradeoff(CI, [command, "--help"]);
      for (const flag of line.match(/--[a-z-]+/g) ?? []) expect(help.stdout).toContain(flag);
    }
  });

  test("the settings of the profile, and the profile", async () => {
    const help = await tradeoff(CI, ["run", "--help"]);
    const own = ["PROFILE", "REPEATS", "ATTEMPTS", "PPL_FLAGS", "GATE_FLAGS"];
    for (const variables of [github.env, gitlab.variables]) {
      for (const name of Object.keys(variables).filter((key) => !own.includes(key))) {
        expect(help.stdout).toMatch(new RegExp(`^ *${name} `, "m"));
      }
      expect(existsSync(join(REPOSITORY, "scenarios", `${variables["PROFILE"]}.ts`))).toBe(true);
      expect(existsSync(join(REPOSITORY, "thresholds", `${variables["SLA"]}.json`))).toBe(true);
    }
  });
});

// Windows has no bash of its own; GitHub's and GitLab's runners for Linux and macOS do.
describe.skipIf(process.platform === "win32")("measure-and-gate.sh", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ci-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the script with a command in tradeoff's place that notes how it is called and ends with these codes in turn. */
  async function measureAndGate(codes: readonly number[], env: Record<string, string> = {}) {
    const stub = join(folder, "stub.cjs");
    writeFileSync(
      stub,
      `const fs = require("node:fs");
fs.appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n");
const calls = fs.readFileSync("calls", "utf8").trim().split("\\n").length;
process.exit(${JSON.stringify(codes)}[calls - 1] ?? 1);`,
    );
    const { code } = await promisify(execFile)("bash", [SCRIPT], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"] ?? "",
        TRADEOFF: `${process.execPath} ${stub}`,
        PROFILE: "p",
        OUT: "o",
        REPEATS: "2",
        ...env,
      },
    }).then(
      () => ({ code: 0 }),
      (error: unknown) => z.object({ code: z.number() }).parse(error),
    );
    return { code, calls: readFileSync(join(folder, "calls"), "utf8").trim().split("\n") };
  }

  test("runs, and gates all its runs with the gate's exit code", async () => {
    expect(await measureAndGate([0, 99, 99])).toEqual({
      code: 99,
      calls: [
        "run p --out o/run-1-attempt-1",
        "run p --out o/run-2-attempt-1",
        "gate o/run-1-attempt-1 o/run-2-attempt-1 --junit o/gate.xml --markdown o/gate.md",
      ],
    });
  });

  test("a run that says nothing is made again, and only the good one gated", async () => {
    const { code, calls } = await measureAndGate([95, 0, 0, 0]);
    expect(code).toBe(0);
    expect(calls).toHaveLength(4);
    expect(calls.at(-1)).toContain("gate o/run-1-attempt-2 o/run-2-attempt-1 ");
  });

  test("but not for ever: the gate has the last word", async () => {
    const { code, calls } = await measureAndGate([95, 95, 0, 95], { ATTEMPTS: "2" });
    expect(code).toBe(95);
    expect(calls).toHaveLength(4);
    expect(calls.at(-1)).toContain("gate o/run-1-attempt-2 o/run-2-attempt-1 ");
  });

  test("a server that can't be reached ends it at once", async () => {
    expect(await measureAndGate([3])).toMatchObject({ code: 3, calls: { length: 1 } });
  });

  test("quality, a baseline and flags", async () => {
    const { calls } = await measureAndGate([0, 0, 0, 0], {
      PPL_FLAGS: "--model m --text t",
      GATE_FLAGS: "--tolerance 15%",
      BASELINE: ".",
      SAVE_BASELINE: "b",
    });
    expect(calls[0]).toBe("ppl --model m --text t --out o/quality");
    expect(calls.at(-1)).toBe(
      "gate o/quality o/run-1-attempt-1 o/run-2-attempt-1 --tolerance 15% --junit o/gate.xml --markdown o/gate.md --baseline . --save-baseline b",
    );
  });
});
