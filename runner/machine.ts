import { arch, cpus, platform, release, totalmem } from "node:os";
import type { RunFile } from "../records/run.ts";

/** The hardware of this machine, as a run file records it. */
export function hardwareOfThisMachine(): RunFile["hardware"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() || "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
  };
}

/** Versions of what runs, as a run file records them. */
export function versionsOfThisProcess(tradeoff: string): RunFile["versions"] {
  return { tradeoff, node: process.version, platform: `${platform()} ${release()} ${arch()}` };
}
