import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { gatedRequests, writeGatedRun } from "../support/gated-run.ts";
import { HOSTILE_WORDS, notPrintable } from "../support/hostile-words.ts";
import { coreOf, KEY_ENCODINGS } from "../support/key-encodings.ts";
import { startQuotingServer } from "../support/quoting-server.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostile-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const IN_CI = { GITHUB_ACTIONS: "true" };

/** A run of a model that has such a name, too slow for its service level. */
function writeHostileRun(): void {
  const slow = { firstContentMs: 1e6, lastContentMs: 1e6, good: false };
  const directory = writeGatedRun(
    folder,
    "one",
    gatedRequests(200, () => slow),
    { model: HOSTILE_WORDS },
  );
  const records = join(directory, "requests.ndjson");
  const model = `"model":${JSON.stringify(HOSTILE_WORDS)}`;
  writeFileSync(records, readFileSync(records, "utf8").replace('"model":"m"', model));
}

function expectHarmless(markdown: string): void {
  expect(markdown).toContain("owned");
  expect(notPrintable(markdown)).toEqual([]);
  expect(markdown).not.toMatch(
    /@someone|@other|&#64|#123|GH-7|http:\/\/evil|www\.evil|(?<!\\)<script/,
  );
}

test("a server's words do nothing in a terminal, a CI or a comment, whether it answers well or not", async () => {
  const words = [HOSTILE_WORDS];
  const server = await startQuotingServer(words, words);
  const settings = ["VUS=4", "DURATION=2s", "BACKOFF=10ms", "TEXT=full", `BASE_URL=${server.url}`];
  const args = ["chat-50vu", "--engine", "embedded", ...settings.flatMap((one) => ["-e", one])];
  // The first answer has them as its text, the next as its finish reason.
  const once = await tradeoff(folder, ["run", ...args, "--once", "--out", "once"], IN_CI);
  const twice = await tradeoff(folder, ["run", ...args, "--once", "--out", "once"], IN_CI);
  const run = await tradeoff(folder, ["run", ...args], IN_CI);
  await server.close();
  const report = await tradeoff(folder, ["report", "results/default"], IN_CI);
  for (const end of [once, twice, run, report]) {
    expect(end.stdout.length).toBeGreaterThan(0);
    expect(notPrintable(`${end.stdout}${end.stderr}`)).toEqual([]);
  }
  expect(once.stdout).toMatch(/^: :error::owned\n {2}: :add-mask::x \[2J/m);
  expect(twice.stdout).toMatch(/^completed \(HTTP 200, finish reason m ::error::owned/m);
  expectHarmless(readFileSync(join(folder, "results/default/report.md"), "utf8"));
  const page = readFileSync(join(folder, "results/default/report.html"), "utf8");
  expect(page).toContain("owned");
  expect(notPrintable(page)).toEqual([]);
});

test("nor does a model's name, from report to gate", async () => {
  writeHostileRun();
  const report = await tradeoff(folder, ["report", "now"], IN_CI);
  expect(report.stdout).toMatch(/^.*\bm ::error::owned {3}::add-mask::x \[2J/m);
  expect(notPrintable(report.stdout)).toEqual([]);
  expectHarmless(readFileSync(join(folder, "now/report.md"), "utf8"));
  const gate = await tradeoff(
    folder,
    ["gate", "now", "--markdown", "gate.md", "--junit", "gate.xml"],
    { ...IN_CI, GITHUB_STEP_SUMMARY: join(folder, "summary.md") },
  );
  expect(gate.code).toBe(99);
  const isCommand = (line: string) => /^::(error|warning|notice) title=[^:]*::/.test(line);
  const [commands, others] = [
    gate.stdout.split("\n").filter(isCommand),
    gate.stdout.split("\n").filter((line) => !isCommand(line)),
  ];
  expect(commands.length).toBeGreaterThan(0);
  for (const line of commands) {
    expect(line).toContain("owned");
    expect(notPrintable(line.slice(2))).toEqual([]);
  }
  expect(notPrintable(others.join("\n"))).toEqual([]);
  for (const file of ["gate.md", "summary.md"]) {
    expectHarmless(readFileSync(join(folder, file), "utf8"));
  }
  expect(notPrintable(readFileSync(join(folder, "gate.xml"), "utf8"))).toEqual([]);
});

test("--json keeps a server's words whole, and writes them so that they do nothing", async () => {
  writeHostileRun();
  const end = await tradeoff(folder, ["report", "now", "--json"], IN_CI);
  expect(notPrintable(end.stdout)).toEqual([]);
  const report = readFileSync(join(folder, "now", "report.json"), "utf8");
  expect(JSON.parse(end.stdout)).toEqual(JSON.parse(report));
  expect(JSON.stringify(JSON.parse(end.stdout))).toContain(
    JSON.stringify(HOSTILE_WORDS).slice(1, -1),
  );
});

test.each([
  ["an argument", ["run", "chat-50vu", `--fast${HOSTILE_WORDS}`]],
  ["a profile", ["run", `x${HOSTILE_WORDS}`]],
  ["a setting", ["run", "chat-50vu", "-e", `VUS=${HOSTILE_WORDS}`]],
  ["a folder", ["report", `nowhere${HOSTILE_WORDS}`]],
  ["a file", ["dataset", "validate", "data.jsonl"]],
])("words of %s do nothing where an error quotes them", async (_, args) => {
  writeFileSync(
    join(folder, "data.jsonl"),
    `{"id":${JSON.stringify(HOSTILE_WORDS)}}\nx\u001b[2J\n`,
  );
  const end = await tradeoff(folder, args, IN_CI);
  expect(end.code).toBe(2);
  expect(`${end.stdout}${end.stderr}`).not.toBe("");
  expect(notPrintable(`${end.stdout}${end.stderr}`)).toEqual([]);
});

test("a fault of the command itself is printed so that it does nothing", async () => {
  const fault = `process.on("newListener", (event) => {
    if (event === "uncaughtException") setImmediate(() => { throw new Error(${JSON.stringify(HOSTILE_WORDS)}); });
  });`;
  const NODE_OPTIONS = `--import=data:text/javascript;base64,${Buffer.from(fault).toString("base64")}`;
  const end = await tradeoff(folder, ["ground-truth", "--port", "0"], { ...IN_CI, NODE_OPTIONS });
  expect(end.code).toBe(1);
  expect(end.stderr).toMatch(/^Error: m \n: :error::owned\n/m);
  expect(notPrintable(end.stderr)).toEqual([]);
});

const KEY = 'sk-abc/123+X=~?>"\\&<%41';

test("a key that a server quotes is in nothing that a run prints or leaves", async () => {
  const quotes = Object.values(KEY_ENCODINGS).map((encode) => encode(KEY));
  const server = await startQuotingServer(quotes, [`m-${quotes.join("-")}`]);
  const settings = ["RATE=60", "DURATION=3s", "TEXT=full", `BASE_URL=${server.url}`];
  const args = ["chat-poisson", "--engine", "embedded", ...settings.flatMap((one) => ["-e", one])];
  const run = await tradeoff(folder, ["run", ...args], { API_KEY: KEY });
  const once = await tradeoff(folder, ["run", ...args, "--once", "--out", "o"], { API_KEY: KEY });
  await server.close();
  const report = await tradeoff(folder, ["report", "results/default"]);
  const gate = await tradeoff(folder, ["gate", "results/default", "--junit", "g.xml"]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8"));
  expect(files.length).toBeGreaterThan(6);
  const all = [...files, ...[run, once, report, gate].flatMap((end) => [end.stdout, end.stderr])];
  const core = quotes.map(coreOf).flatMap((quote) => [quote, JSON.stringify(quote).slice(1, -1)]);
  expect(core.filter((quote) => all.some((text) => text.includes(quote)))).toEqual([]);
  expect(all.filter((text) => text.includes("[redacted]")).length).toBeGreaterThan(3);
});

test("a key that an engine's log quotes is not printed", async () => {
  writeFileSync(
    join(folder, "own.js"),
    `export const options = { scenarios: { load: { executor: "per-vu-iterations", exec: "run", vus: 1, iterations: 1 } } };
     export function run() { throw new Error("denied: " + __ENV.API_KEY + " " + encodeURIComponent(__ENV.API_KEY).toLowerCase()); }
     export function handleSummary() { return { stdout: "with " + __ENV.API_KEY }; }`,
  );
  const args = ["run", "./own.js", "--engine", "embedded", "-e", "BASE_URL=http://127.0.0.1:1"];
  const end = await tradeoff(folder, args, { API_KEY: "sk-abc/123" });
  expect(end.stderr).toContain("denied: [redacted] [redacted]");
  expect(end.stdout).toContain("with [redacted]");
  expect(z.string().parse(end.stdout + end.stderr)).not.toMatch(/sk-abc/);
});
