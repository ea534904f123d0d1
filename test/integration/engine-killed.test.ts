import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readJson } from "../../records/read-json.ts";
import { runFileSchema } from "../../records/run.ts";
import { requestRecord, runHeader } from "../support/records.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "killed-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A k6 that records two requests, and then ends as the shell command says, without a summary. */
function fakeK6(lastWords: string): string {
  const records = join(folder, "records.ndjson");
  const lines = [runHeader(), requestRecord({ id: "a" }), requestRecord({ id: "b" })];
  writeFileSync(records, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const k6 = join(folder, "k6");
  writeFileSync(
    k6,
    `#!/bin/sh
case "$1" in
version) echo "k6 v1.8.1 (go1.26)" ;;
run)
  while [ "$1" != --console-output ]; do shift; done
  cp ${records} "$2"
  ${lastWords} ;;
esac
`,
  );
  chmodSync(k6, 0o755);
  return k6;
}

test.skipIf(process.platform === "win32").each([
  { lastWords: "kill -9 $$", code: 105, reason: "the engine was killed (SIGKILL)" },
  { lastWords: "exit 109", code: 109, reason: "k6 itself crashed" },
])("$lastWords: the run is incomplete, and its report says so", async (row) => {
  const out = join(folder, "out");
  const args = ["run", "chat-50vu", "--engine", "k6", "--out", out];
  const end = await tradeoff(folder, [...args, "-e", "BASE_URL=http://127.0.0.1:1"], {
    K6_BIN: fakeK6(row.lastWords),
  });
  expect(end.code).toBe(row.code);
  expect(end.stderr).toContain(row.reason);
  const [id = ""] = readdirSync(join(out, "runs"));
  const run = readJson(join(out, "runs", id, "run.json"), runFileSchema);
  expect(run).toMatchObject({
    state: "interrupted",
    counts: null,
    exit: { code: row.code, reason: row.reason },
  });
  const report = await tradeoff(folder, ["report", out]);
  expect(report.stdout).toMatch(/^incomplete: /);
});
