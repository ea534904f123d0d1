import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readJson } from "../../records/read-json.ts";
import { readRecords } from "../../records/read-records.ts";
import { readServerSamples } from "../../records/read-server-samples.ts";
import { reportSchema } from "../../records/report.ts";
import { type RunFile, runFileSchema } from "../../records/run.ts";
import { HAS_SIGNALS } from "../support/has-signals.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { type RunningCommand, startTradeoff, tradeoff } from "../support/tradeoff-command.ts";

let folder: string;
let server: ScriptedServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-"));
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const settings = (...pairs: string[]) => pairs.flatMap((pair) => ["-e", pair]);
const runArguments = (profile: string, ...pairs: string[]) => [
  "run",
  profile,
  "--engine",
  "embedded",
  "--out",
  join(folder, "out"),
  ...settings(...pairs),
];

/** Waits until the server has seen that many requests; a command that ended meanwhile fails the test with its own words. */
async function requestsSeen(seen: readonly unknown[], count: number, running: RunningCommand) {
  const ended = running.end.then(({ code, stderr }) => {
    if (seen.length < count) throw new Error(`ended with ${code}: ${stderr}`);
  });
  while (seen.length < count) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
}

function onlyRun(): { readonly directory: string; readonly run: RunFile } {
  const runs = join(folder, "out", "runs");
  const [id, ...others] = readdirSync(runs);
  expect(others).toEqual([]);
  const directory = join(runs, id ?? "");
  return { directory, run: readJson(join(directory, "run.json"), runFileSchema) };
}

async function recordsOf(directory: string) {
  const compressed = join(directory, "requests.ndjson.gz");
  return readRecords(existsSync(compressed) ? compressed : join(directory, "requests.ndjson"));
}

test("leaves a run folder whose report has the percentiles of the engine's own submetrics", async () => {
  server = await startScriptedServer({
    behave: (n) => ({ kind: "stream", tokens: 4, firstMs: 5 + (n % 7), gapMs: 2 }),
  });
  const args = runArguments("chat-sweep", `BASE_URL=${server.url}`, "VUS=8", "DURATION=3s");
  // A busy machine makes a client late, which is not what this is about.
  const end = await tradeoff(folder, [...args, "-e", "HEALTH=report", "-e", "LABELS=variant=a"]);
  expect(end.stderr).toMatch(/settings: .*VUS=8 \(flag\)/);
  expect(end.stderr).toMatch(/no metrics of the server in this run: .*\/metrics answered 404/);
  expect(end.stdout).toMatch(/steady phase/);
  for (const line of end.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  expect(end.code).toBe(0);

  const { directory, run } = onlyRun();
  expect(run).toMatchObject({
    state: "finished",
    profile: "chat-sweep",
    labels: { variant: "a" },
    exit: { code: 0 },
    counts: { started: server.seen.length, recorded: server.seen.length, interrupted: 0 },
  });
  const { records, whole, otherLines } = await recordsOf(directory);
  expect({ whole, otherLines }).toEqual({ whole: true, otherLines: 0 });
  expect(new Set(records.map((record) => record.id))).toEqual(
    new Set(server.seen.map((request) => request.id)),
  );

  const report = await tradeoff(folder, ["report", join(folder, "out"), "--json"]);
  expect(report.code).toBe(0);
  const { cells } = reportSchema.parse(JSON.parse(report.stdout));
  const summary = JSON.parse(readFileSync(join(directory, "summary.json"), "utf8"));
  const submetric = (name: string) => summary.metrics[`${name}{phase:steady}`].values["p(95)"];
  expect(cells[0]?.ttftMs.p95?.value).toBe(submetric("llm_ttft"));
  expect(cells[0]?.itlMs.p95?.value).toBe(submetric("llm_itl"));
  expect(cells[0]?.e2eMs.p95?.value).toBe(submetric("llm_e2e_latency"));
});

test("a breached threshold ends with 99", async () => {
  server = await startScriptedServer({
    behave: () => ({ kind: "stream", firstMs: 700, tokens: 2 }),
  });
  const end = await tradeoff(
    folder,
    runArguments("chat-50vu", `BASE_URL=${server.url}`, "VUS=10", "DURATION=2s", "HEALTH=report"),
  );
  expect(end.code).toBe(99);
  expect(onlyRun().run).toMatchObject({ state: "finished", exit: { code: 99 } });
});

test("every request that a killed server saw is recorded or counted as interrupted", async () => {
  server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 20, gapMs: 10 }) });
  const running = startTradeoff(
    folder,
    runArguments("chat-50vu", `BASE_URL=${server.url}`, "VUS=50", "DURATION=4s", "TIMEOUT=2s"),
  );
  const { seen } = server;
  await requestsSeen(seen, 150, running);
  await server.kill();
  const end = await running.end;
  expect(end.code).toBe(99);
  const { directory, run } = onlyRun();
  const { records } = await recordsOf(directory);
  const recorded = new Set(records.map((record) => record.id));
  const missing = seen.filter((request) => !recorded.has(request.id));
  expect(missing.length).toBeLessThanOrEqual(run.counts?.interrupted ?? 0);
  expect(run.counts?.recorded).toBe(records.length);
  const outcomes = new Set(records.map((record) => record.outcome));
  expect(outcomes).toContain("connect_error");
  expect(records.every((record) => record.outcome !== "completed" || !record.detail)).toBe(true);
});

test.skipIf(!HAS_SIGNALS)(
  "one Ctrl-C ends a run with 105 and marks it as interrupted",
  async () => {
    server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
    const running = startTradeoff(
      folder,
      runArguments("chat-50vu", `BASE_URL=${server.url}`, "VUS=4", "DURATION=60s"),
    );
    await requestsSeen(server.seen, 10, running);
    running.process.kill("SIGINT");
    expect((await running.end).code).toBe(105);
    const { directory, run } = onlyRun();
    expect(run).toMatchObject({ state: "interrupted", exit: { code: 105 } });
    expect((await recordsOf(directory)).records.length).toBeGreaterThan(0);
  },
);

test("a kill leaves a run that says so, and a report that says so first", async () => {
  server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
  const running = startTradeoff(
    folder,
    runArguments("chat-sweep", `BASE_URL=${server.url}`, "VUS=4", "DURATION=60s"),
  );
  await requestsSeen(server.seen, 200, running);
  running.process.kill("SIGKILL");
  await running.end;
  const { directory, run } = onlyRun();
  expect(run.state).toBe("running");
  const { records } = await recordsOf(directory);
  expect(records.length).toBeGreaterThan(100);
  const report = await tradeoff(folder, ["report", join(folder, "out")]);
  expect(report.stdout).toMatch(/^incomplete: /);
  expect(report.code).toBe(0);
});

test("--once shows the timeline and the text of a single request", async () => {
  server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
  const end = await tradeoff(folder, [
    ...runArguments("chat-50vu", `BASE_URL=${server.url}`),
    "--once",
  ]);
  expect(server.seen.length).toBe(1);
  expect(end.stdout).toMatch(/ms {2}first content/);
  expect(end.stdout).toMatch(/completed \(HTTP 200/);
  expect(end.code).toBe(0);
});

test("--once shows why the server refuses", async () => {
  server = await startScriptedServer({ behave: () => ({ kind: "status", status: 400 }) });
  const args = runArguments("chat-50vu", `BASE_URL=${server.url}`);
  const end = await tradeoff(folder, [...args, "--once"]);
  expect(end.stdout).toContain(
    'http_error (HTTP 400, finish reason none): (sent again to hear why) {"error":{"message":"scripted"}}',
  );
  expect(end.code).toBe(99);
});

test("--metrics-url: the server's figures come from another address", async () => {
  server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
  const metrics = createServer((_, response) => response.end("tgi_queue_size 5\n"));
  await new Promise<void>((resolve) => metrics.listen(0, "127.0.0.1", resolve));
  const address = metrics.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const args = runArguments("chat-50vu", `BASE_URL=${server.url}`, "VUS=4", "DURATION=2s");
  const url = `http://127.0.0.1:${address.port}/metrics`;
  const end = await tradeoff(folder, [...args, "--metrics-url", url]);
  metrics.close();
  expect(end.stderr).not.toContain("no metrics of the server");
  const samples = readServerSamples(join(onlyRun().directory, "server.ndjson"));
  expect(samples.length).toBeGreaterThan(1);
  expect(samples.every((sample) => sample.server?.waiting === 5)).toBe(true);
});

test("--json prints one object and nothing else", async () => {
  server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
  const args = runArguments("chat-50vu", `BASE_URL=${server.url}`, "VUS=4", "DURATION=2s");
  const end = await tradeoff(folder, [...args, "--json"]);
  const result = JSON.parse(end.stdout);
  expect(runFileSchema.parse(result.run).state).toBe("finished");
});
