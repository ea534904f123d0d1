import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { HAS_SIGNALS } from "../support/has-signals.ts";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";

const BUILD = join(REPOSITORY, "build", "build.mjs");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runBuild(...args: readonly string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [BUILD, ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error && "stderr" in error && "code" in error)) throw error;
    return { code: Number(error.code), stdout: "", stderr: String(error.stderr) };
  }
}

const profile = (line: string) => `import { sleep } from "k6";\n${line}\nexport { sleep };\n`;

describe("building once", () => {
  test("bundles every profile and takes away bundles of profiles that are gone", async () => {
    using project = new TemporaryProject()
      .write("scenarios/a.ts", profile("export const a = 1;"))
      .write("scenarios/b.ts", profile("export const b = 1;"))
      .write("dist/gone.js", "old");
    const { code, stdout } = await runBuild("--scenarios-only", "--root", project.root);
    expect(code).toBe(0);
    expect(readdirSync(join(project.root, "dist")).sort()).toEqual([
      "a.js",
      "a.js.map",
      "b.js",
      "b.js.map",
    ]);
    expect(stdout).toMatch(/^dist[\\/]a\.js {2}0\.\d kB, of which each user keeps 0\.\d kB$/m);
  });

  test("writes nothing at all where one profile is bad, and says which", async () => {
    using project = new TemporaryProject()
      .write("scenarios/a.ts", profile("export const a = 1;"))
      .write("scenarios/bad.ts", 'import "left-pad";\n');
    const { code, stderr } = await runBuild("--scenarios-only", "--root", project.root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^build: scenarios\/bad\.ts:1: imports "left-pad"/);
    expect(existsSync(join(project.root, "dist"))).toBe(false);
  });

  test("leaves the last good bundle where the next is bad", async () => {
    using project = new TemporaryProject().write("scenarios/a.ts", profile("export const a = 1;"));
    await runBuild("--scenarios-only", "--root", project.root);
    project.write("scenarios/a.ts", "export const a = ;");
    const { code } = await runBuild("--scenarios-only", "--root", project.root);
    expect(code).toBe(1);
    expect(readFileSync(join(project.root, "dist/a.js"), "utf8")).toContain("k6");
  });

  test("says that a program for Node is missing rather than skip it", async () => {
    using project = new TemporaryProject().write("scenarios/a.ts", profile("export const a = 1;"));
    const { code, stderr } = await runBuild("--root", project.root);
    expect(code).toBe(1);
    expect(stderr).toContain("no such file: cli/main.ts");
  });

  test.each([
    [["--wach"], /--wach/],
    [["--root", "/nowhere"], /no folder .*nowhere[\\/]scenarios/],
  ])("refuses %s", async (args, message) => {
    const { code, stderr } = await runBuild(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test("a folder that can't be written is named", async () => {
    using project = new TemporaryProject()
      .write("scenarios/a.ts", profile("export const a = 1;"))
      .write("dist", "a file, where the folder should be");
    const { code, stderr } = await runBuild("--scenarios-only", "--root", project.root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^build: can't write .*dist/);
  });
});

describe("--watch", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  test("rebuilds after a change, takes up a new profile, and ends at Ctrl-C", async () => {
    using project = new TemporaryProject()
      .write("scenarios/a.ts", profile("export const a = 1;"))
      .write("lib/core/x.ts", "export const x = 1;\n");
    const dist = (name: string) => {
      const file = join(project.root, "dist", name);
      return existsSync(file) ? readFileSync(file, "utf8") : "";
    };
    const watching = spawn(
      process.execPath,
      [BUILD, "--watch", "--scenarios-only", "--root", project.root],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    child = watching;
    let output = "";
    watching.stdout.on("data", (text) => {
      output += text;
    });
    await expect.poll(() => output, { timeout: 20_000 }).toContain("watching");

    project.write("scenarios/a.ts", profile('export const a = "changed";'));
    await expect.poll(() => dist("a.js"), { timeout: 20_000 }).toContain("changed");
    project.write("scenarios/new.ts", profile('export const n = "new";'));
    await expect.poll(() => dist("new.js"), { timeout: 20_000 }).toContain("new");

    const ended = new Promise((resolve) => watching.once("exit", resolve));
    watching.kill("SIGINT");
    expect(await ended).toBe(HAS_SIGNALS ? 0 : null);
  });
});
