import { windowAt } from "../lib/core/load-plan.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import type { LoadedRun } from "./read-runs.ts";

/** Long enough to hold several steps of a slow server, short enough that a level has many. */
const LEAST_BLOCK_MS = 500;

/** What happened *during* the steady windows of one level, whichever cohort a request belongs to. */
export interface LevelTally {
  /** Length of the level's steady windows together. */
  readonly windowMs: number;
  /** Output tokens per second in each block of the windows, in time order. The blocks of a window are equally long. */
  readonly tokenRates: readonly number[];
  readonly completions: number;
  readonly goodCompletions: number;
  readonly goodTokens: number;
  /** Requests in flight, averaged over the windows. */
  readonly concurrency: number;
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly blocks: Float64Array;
}

/**
 * Rates of one run at one level, by the time of each event: a token counts where it came, a request where its last token
 * came. So a ramp before and a drain after the window don't dilute it.
 */
export function tallyLevel(run: LoadedRun, level: number | null): LevelTally {
  const seenUntilMs = observedUntilMs(run);
  const windows = run.plan.windows
    .filter((window) => window.phase === "steady" && window.level === level)
    .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, seenUntilMs) }))
    .filter(({ startMs, endMs }) => endMs > startMs)
    .map(({ startMs, endMs }) => ({ startMs, endMs, blocks: blocksOf(startMs, endMs) }));
  const windowMs = windows.reduce((sum, window) => sum + window.endMs - window.startMs, 0);
  let [completions, goodCompletions, goodTokens, inFlightMs] = [0, 0, 0, 0];
  const within = (atMs: number) => {
    const { phase, level: at } = windowAt(run.plan, atMs);
    return phase === "steady" && at === level;
  };
  for (const record of run.records) {
    for (const window of windows) {
      inFlightMs += overlapMs(record, window);
    }
    forEachTokenEvent(record, (atMs, tokens) => {
      if (!within(atMs)) return;
      addToBlock(windows, atMs, tokens);
      if (record.good) goodTokens += tokens;
    });
    if (record.outcome !== "completed" || record.lastContentMs === null) continue;
    if (!within(record.lastContentMs)) continue;
    completions += 1;
    if (record.good) goodCompletions += 1;
  }
  return {
    windowMs,
    tokenRates: windows.flatMap(blockRates),
    completions,
    goodCompletions,
    goodTokens,
    concurrency: windowMs === 0 ? 0 : inFlightMs / windowMs,
  };
}

/** Calls back for each content event with its time and its tokens; where the server does not tell, all weigh the same. */
export function forEachTokenEvent(
  record: RequestRecord,
  visit: (atMs: number, tokens: number) => void,
): void {
  if (record.firstContentMs === null) return;
  const events = record.gapsUs.length + 1;
  const mean = (record.outputTokens ?? events) / events;
  let atMs = record.firstContentMs;
  for (let i = 0; i < events; i += 1) {
    if (i > 0) atMs += (record.gapsUs[i - 1] ?? 0) / 1000;
    visit(atMs, record.chunkTokens?.[i] ?? mean);
  }
}

/**
 * Until when the run was watched: a run that was stopped or killed says nothing of the rest of its plan, and neither does a
 * bare records file that ends early.
 */
function observedUntilMs(run: LoadedRun): number {
  if (run.file?.state === "finished") return Number.POSITIVE_INFINITY;
  return run.records.reduce((latest, record) => Math.max(latest, record.endMs), 0);
}

/** Equally long ones, so that their mean is the tokens of the window by its length. */
function blocksOf(startMs: number, endMs: number): Float64Array {
  return new Float64Array(Math.max(1, Math.floor((endMs - startMs) / LEAST_BLOCK_MS)));
}

function blockMs({ startMs, endMs, blocks }: Window): number {
  return (endMs - startMs) / blocks.length;
}

function addToBlock(windows: readonly Window[], atMs: number, tokens: number): void {
  const window = windows.find((w) => atMs >= w.startMs && atMs < w.endMs);
  if (window === undefined) return;
  // Rounding may put the last moment of a window into a block after its last.
  const index = Math.min(
    window.blocks.length - 1,
    Math.floor((atMs - window.startMs) / blockMs(window)),
  );
  window.blocks[index] = (window.blocks[index] ?? 0) + tokens;
}

function blockRates(window: Window): number[] {
  return Array.from(window.blocks, (tokens) => (tokens * 1000) / blockMs(window));
}

function overlapMs(record: RequestRecord, window: Window): number {
  return Math.max(
    0,
    Math.min(record.endMs, window.endMs) - Math.max(record.sentMs, window.startMs),
  );
}
