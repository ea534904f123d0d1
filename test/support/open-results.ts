import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import { noSla } from "../../lib/core/sla.ts";
import { requestRecord, runHeader } from "./records.ts";

const LEVEL_MS = 10_000;
const T0_EPOCH_MS = 1_795_000_000_000;

/** At one rate: how late each request is sent, and how many of those scheduled never are. */
export interface OpenLevel {
  readonly perSecond: number;
  readonly lagMs: number;
  readonly unsent: number;
}

/** Four a second that the server takes; sixteen, of which it does not take all. */
export const HELD_AND_NOT: readonly OpenLevel[] = [
  { perSecond: 4, lagMs: 1, unsent: 0 },
  { perSecond: 16, lagMs: 300, unsent: 20 },
];

/** Writes one run of an open loop in evenly spaced requests, every fourth one of the stream `rag`, the others `chat`. */
export function writeOpenRun(directory: string, levels: readonly OpenLevel[], id = "open"): void {
  const folder = join(directory, "runs", id);
  mkdirSync(folder, { recursive: true });
  const windows = levels.map(
    ({ perSecond }, i) =>
      ({
        phase: "steady",
        level: perSecond,
        startMs: i * LEVEL_MS,
        endMs: (i + 1) * LEVEL_MS,
        arrivals: (perSecond * LEVEL_MS) / 1000,
      }) as const,
  );
  const header = runHeader({
    runId: id,
    profile: "chat-rate-sweep",
    t0EpochMs: T0_EPOCH_MS,
    plan: { kind: "open", windows, maxVus: 50 },
    sla: { ...noSla(), slo: { ttftMs: 500 } },
    slaName: "sweep",
    labels: { variant: "int4" },
  });
  const records = levels.flatMap((level, i) => recordsOf(level, i * LEVEL_MS, id));
  const lines = [header, ...records].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, "requests.ndjson"), `${lines.join("\n")}\n`);
}

function recordsOf({ perSecond, lagMs, unsent }: OpenLevel, startMs: number, runId: string) {
  const scheduled = (perSecond * LEVEL_MS) / 1000;
  return Array.from({ length: scheduled }, (_, i): RequestRecord => {
    const scheduledMs = startMs + (i * 1000) / perSecond;
    const never = i >= scheduled - unsent;
    const sentMs = never ? startMs + LEVEL_MS : scheduledMs + lagMs;
    const common = {
      id: `${runId}-${perSecond}-${i}`,
      iteration: i,
      level: perSecond,
      stream: i % 4 === 0 ? "rag" : "chat",
      scheduledMs,
      readyMs: sentMs,
      sentMs,
    };
    return requestRecord(
      never
        ? {
            ...common,
            outcome: "unsent",
            good: false,
            headersMs: null,
            firstEventMs: null,
            firstContentMs: null,
            firstVisibleMs: null,
            lastContentMs: null,
            endMs: sentMs,
            gapsUs: [],
            usage: null,
            outputTokens: null,
            status: null,
          }
        : common,
    );
  });
}
