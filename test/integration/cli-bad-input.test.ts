import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { REPOSITORY } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

let folder: string;
let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.kill());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A port of 127.0.0.1 that nobody listens on. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const embedded = ["--engine", "embedded"];

describe("what can't be used is refused with a word about it", () => {
  test.each([
    ["no command", [], 2, /Usage: tradeoff/],
    ["an unknown command", ["rum"], 2, /unknown command 'rum'/],
    ["an unknown flag", ["run", "chat-50vu", "--fast"], 2, /unknown option '--fast'/],
    [
      "an unknown profile",
      ["run", "chat-51vu", ...embedded],
      2,
      /no profile "chat-51vu".*chat-50vu/,
    ],
    ["a slip in a setting's name", ["run", "chat-50vu", "-e", "VUZ=3"], 2, /VUZ.*did you mean VUS/],
    ["a channel of records that is none", ["run", "chat-50vu", "-e", "RECORDS=yes"], 2, /"yes"/],
    ["a setting without a value", ["run", "chat-50vu", "-e", "VUS"], 2, /KEY=VALUE/],
    ["an unknown engine", ["run", "chat-50vu", "--engine", "k7"], 2, /auto, k6, embedded/],
    ["results that are not there", ["report", "nowhere"], 2, /no results at .*nowhere/],
    ["an empty folder of results", ["report", "."], 2, /nothing to report on/],
    ["a file that holds no run", ["report", join(REPOSITORY, "README.md")], 2, /no line of/],
    [
      "a port that is none",
      [
        "model-server",
        "--model",
        join(REPOSITORY, "model-server/models/mini-fp16"),
        "--port",
        "99999",
      ],
      2,
      /99999/,
    ],
    ["a suite that is not there", ["suite", "none.json"], 2, /no suite file none\.json/],
    [
      "a window of no tokens",
      ["ppl", "--model", ".", "--text", "t", "--window", "1"],
      2,
      /2 or more/,
    ],
    ["no text", ["ppl", "--model", ".", "--text", "t"], 2, /no text file .*t$/m],
    ["a server without a model", ["model-server", "--model", "none", "--port", "0"], 2, /none/],
  ])("%s", async (_, args, code, message) => {
    const end = await tradeoff(folder, args);
    expect(end.stderr + end.stdout).toMatch(message);
    expect(end.code).toBe(code);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("k6 asked for where there is none", async () => {
    const args = ["run", "chat-50vu", "--engine", "k6", "-e", `BASE_URL=${server.url}`];
    const end = await tradeoff(folder, args, { PATH: folder });
    expect(end).toMatchObject({ code: 2, stderr: expect.stringMatching(/no k6 on PATH.*xk6-sse/) });
  });
});

describe("a run that can't be started", () => {
  const run = (...settings: string[]) =>
    tradeoff(folder, ["run", "chat-50vu", ...embedded, ...settings.flatMap((s) => ["-e", s])]);

  test("nobody listens", async () => {
    const end = await run(`BASE_URL=http://127.0.0.1:${await freePort()}`);
    expect(end).toMatchObject({ code: 3, stderr: expect.stringMatching(/nobody answers at/) });
  });

  test("the server does not know the model", async () => {
    const end = await run(`BASE_URL=${server.url}`, "MODEL=other");
    expect(end).toMatchObject({ code: 3, stderr: expect.stringMatching(/"other".*scripted/) });
  });

  test.each([
    ["no URL", [], /BASE_URL/],
    ["a URL that is none", ["BASE_URL=gpu:8000"], /BASE_URL.*gpu:8000/],
    ["no number of users", ["BASE_URL=http://127.0.0.1:1", "VUS=many"], /VUS.*"many"/],
    ["an SLA that is not there", ["BASE_URL=http://127.0.0.1:1", "SLA=none-such"], /none-such/],
  ])("%s", async (_, settings, message) => {
    const end = await run(...settings);
    expect(end.stderr).toMatch(message);
    expect(end.stderr).not.toMatch(/^\s+at /m);
    expect(end.code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("an SLA file with a wrong key", async () => {
    const sla = join(folder, "sla.json");
    writeFileSync(sla, JSON.stringify({ slo: { ttfMs: 500 } }));
    const end = await run(`BASE_URL=${server.url}`, `SLA=${sla}`);
    expect(end.stderr).toMatch(/ttfMs/);
    expect(end.stderr).toMatch(/ttftMs/);
    expect(end.code).toBe(2);
  });

  test("an output that can't be written", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const args = ["run", "chat-50vu", ...embedded, "--out", file, "-e", `BASE_URL=${server.url}`];
    const end = await tradeoff(folder, args);
    expect(end).toMatchObject({ code: 2, stderr: expect.stringMatching(/can't write .*file/) });
  });
});

test("help names every setting a person may use, and the command works from any folder", async () => {
  const end = await tradeoff(folder, ["run", "--help"]);
  for (const name of ["BASE_URL", "MODEL", "API_KEY", "SLA", "VUS", "LABELS", "TIMEOUT", "TEXT"]) {
    expect(end.stdout).toContain(name);
  }
  expect(end.stdout).not.toContain("SUMMARY_FILE");
  expect(end.code).toBe(0);
  expect(REPOSITORY).not.toBe(folder);
});
