import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { GpuReading } from "../records/server-sample.ts";

const COLUMNS = ["index", "utilization.gpu", "memory.used", "memory.total", "power.draw"] as const;
const ARGUMENTS = [
  `--query-gpu=${COLUMNS.join(",")}`,
  "--format=csv,noheader,nounits",
  "--loop=1",
] as const;
/** A reading older than this says nothing of now: the process is gone, or hangs. */
const STALE_MS = 3_000;
const MEBIBYTE = 2 ** 20;

export interface GpuWatch {
  /** The newest reading of each GPU; empty where there is none. */
  now(): GpuReading[];
  stop(): void;
}

/**
 * Follows this machine's GPUs by one long-lived `nvidia-smi`, a reading a second: starting one costs up to a second of CPU,
 * which would disturb the load. Where there is none on PATH, there are no readings. Should this process be
 * killed, nvidia-smi ends at its next line, since nobody is left to read it.
 *
 * @param command what to run in place of `nvidia-smi`
 */
export function watchGpus(command = "nvidia-smi", before: readonly string[] = []): GpuWatch {
  const child = spawn(command, [...before, ...ARGUMENTS], { stdio: ["ignore", "pipe", "ignore"] });
  const latest = new Map<number, { readonly reading: GpuReading; readonly atMs: number }>();
  child.on("error", () => {});
  createInterface(child.stdout).on("line", (line) => {
    const reading = parseGpuLine(line);
    if (reading !== undefined) latest.set(reading.index, { reading, atMs: performance.now() });
  });
  return {
    now: () => {
      const sinceMs = performance.now() - STALE_MS;
      return [...latest.values()].flatMap(({ reading, atMs }) => (atMs > sinceMs ? [reading] : []));
    },
    stop: () => {
      child.kill();
    },
  };
}

/** `0, 87, 61234, 81559, 312.45`: per cent, MiB, MiB, watts; `[N/A]` where the GPU has no such sensor. */
export function parseGpuLine(line: string): GpuReading | undefined {
  const [index, percent, used, total, watts] = line.split(",").map(numberIn);
  if (index === undefined || index === null || !Number.isInteger(index)) return undefined;
  return {
    index,
    utilization: scaled(percent, 1 / 100),
    memoryUsedBytes: scaled(used, MEBIBYTE),
    memoryTotalBytes: scaled(total, MEBIBYTE),
    powerWatts: scaled(watts, 1),
  };
}

function numberIn(field: string): number | null {
  const text = field.trim();
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}

function scaled(value: number | null | undefined, factor: number): number | null {
  return value === null || value === undefined ? null : value * factor;
}
