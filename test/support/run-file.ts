import { noSla } from "../../lib/core/sla.ts";
import type { RunFile } from "../../records/run.ts";
import { runHeader } from "./records.ts";

/** The `run.json` of a finished run by the embedded engine, with what a test cares for changed. */
export function runFile(change: Partial<RunFile> = {}): RunFile {
  const digest = `sha256:${"0".repeat(64)}`;
  return {
    kind: "run",
    version: 1,
    id: "run",
    state: "finished",
    profile: "chat-sweep",
    startedAt: "2026-11-24T08:00:00.000Z",
    finishedAt: "2026-11-24T08:00:10.000Z",
    engine: { name: "embedded", version: "0.1.0" },
    bundle: { file: "dist/chat-sweep.js", digest },
    plan: runHeader().plan,
    t0EpochMs: 1_795_000_000_000,
    settings: {},
    slaName: null,
    sla: noSla(),
    labels: {},
    seed: 1,
    model: "m",
    api: "vllm-chat",
    artifact: null,
    versions: { tradeoff: "0.1.0", node: "20.20.0", platform: "linux-x64" },
    hardware: { cpu: "a CPU", cores: 2, memoryBytes: 8 * 2 ** 30 },
    counts: { started: 10, recorded: 10, interrupted: 0, unsent: 0 },
    health: null,
    exit: { code: 0, reason: "finished" },
    ...change,
  };
}
