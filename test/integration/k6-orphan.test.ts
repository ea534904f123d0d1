import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startTradeoff } from "../support/tradeoff-command.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.skipIf(process.platform === "win32")("k6 ends when its starter is killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orphan-"));
  const k6 = join(folder, "k6");
  const pidFile = join(folder, "pid");
  // Runs until it is interrupted, as k6 does.
  writeFileSync(
    k6,
    `#!/bin/sh\ncase "$1" in version) echo "k6 v1.8.1 (go1.26)";; run) echo $$ > ${pidFile}; exec sleep 300;; esac\n`,
  );
  chmodSync(k6, 0o755);
  const args = ["run", "chat-50vu", "--out", folder, "-e", "BASE_URL=http://127.0.0.1:1"];
  const running = startTradeoff(folder, args, { K6_BIN: k6 });
  while (!existsSync(pidFile) || readFileSync(pidFile, "utf8").trim() === "") await pause(20);
  const pid = Number(readFileSync(pidFile, "utf8"));
  // The watcher is started right after k6 is.
  await pause(1000);
  expect(isAlive(pid)).toBe(true);
  running.process.kill("SIGKILL");
  while (isAlive(pid)) await pause(20);
  expect(isAlive(pid)).toBe(false);
  rmSync(folder, { recursive: true });
});
