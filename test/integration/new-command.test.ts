import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

/** What `new` writes to and what its profile is made of; the rest of the repository is only read. */
const COPIED = ["build", "lib", "scenarios", "thresholds", "data"];
const COPIED_FILES = ["package.json", "tsconfig.base.json"];
const LINKED = [
  ...["cli", "dataset", "merger", "model", "model-server", "node_modules"],
  ...["ppl-runner", "records", "runner", "suite"],
];

let installation: TemporaryProject;
let server: ScriptedServer;
beforeAll(async () => {
  installation = new TemporaryProject().copy(...COPIED);
  for (const file of COPIED_FILES) cpSync(join(REPOSITORY, file), join(installation.root, file));
  for (const room of LINKED) {
    symlinkSync(join(REPOSITORY, room), join(installation.root, room), "junction");
  }
  server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
});
afterAll(async () => {
  await server.kill();
  installation[Symbol.dispose]();
});

const run = (...args: string[]) => tradeoff(installation.root, args, {}, installation.root);
const profiles = () =>
  ["scenarios", "thresholds"].map((room) => readdirSync(join(installation.root, room)));

describe("tradeoff new", () => {
  test.each([
    [["chat-poisson"], /scenarios\/chat-poisson\.ts is there/],
    [["sweep"], /thresholds\/sweep\.json is there/],
    [["Chat_50"], /name: found "Chat_50", allowed: lower-case/],
    [["none"], /name: found "none"/],
    [["../escape"], /name: found "\.\.\/escape", allowed: lower-case/],
    [["a-new-one", "--from", "nope"], /--from: found "nope", allowed: a profile of scenarios/],
  ])("refuses %j, and writes nothing", async (args, message) => {
    const before = profiles();
    const { code, stderr } = await run("new", ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(profiles()).toEqual(before);
  });

  test("starts a profile that type-checks and runs at once", async () => {
    const { code, stdout } = await run("new", "support-chat", "--from", "chat-50vu");
    expect(stdout).toContain("scenarios/support-chat.ts and thresholds/support-chat.json");
    expect(code).toBe(0);
    const source = readFileSync(join(installation.root, "scenarios", "support-chat.ts"), "utf8");
    expect(source).toMatch(/name: "support-chat"/);
    expect(source).toMatch(/sla: "support-chat"/);

    const tsc = join("node_modules", "typescript", "bin", "tsc");
    const check = promisify(execFile)(process.execPath, [tsc, "-b", "scenarios"], {
      cwd: installation.root,
    });
    await expect(check).resolves.toMatchObject({ stdout: "" });

    const settings = ["VUS=4", "DURATION=1s", "HEALTH=report", `BASE_URL=${server.url}`];
    const flags = settings.flatMap((setting) => ["-e", setting]);
    const ran = await run("run", "support-chat", "--engine", "embedded", ...flags);
    expect(ran.stdout).toMatch(/support-chat, steady phase/);
    expect(ran.code).toBe(0);
  });
});
