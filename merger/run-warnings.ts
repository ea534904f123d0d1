import type { RequestRecord } from "../lib/core/request-record.ts";
import type { ServerFigures } from "../records/server-sample.ts";
import { percent } from "./format.ts";
import type { LoadedRun } from "./read-runs.ts";

const CACHE_HIT_LIMIT = 0.01;
const LENGTH_LIMIT = 0.01;
const COUNT_LIMIT = 0.01;

/** What a reader of a run's figures should know, though it makes none of them wrong by itself. */
export function warningsOf(run: LoadedRun): string[] {
  const warnings = [
    run.otherLines > 0 ? `${run.otherLines} lines of its records are not records` : null,
    cacheHits(run),
    answerLength(run),
    retries(run),
    tokenCount(run, "output", "generationTokens", outputTokensOf),
    tokenCount(run, "prompt", "promptTokens", (record) => record.usage?.promptTokens ?? null),
  ];
  return warnings.flatMap((warning) => (warning === null ? [] : [`${run.id}: ${warning}`]));
}

/**
 * By what the answers' usage says, else by the server's own counters. None where busting the cache was switched off; and a
 * conversation is meant to find its own history there.
 */
function cacheHits(run: LoadedRun): string | null {
  if (run.header.settings["CACHE_BUST"]?.value === "off") return null;
  const alone = run.records.filter(({ conversation }) => conversation === null);
  const usages = alone.flatMap(({ usage }) =>
    usage === null || usage.cachedTokens === null ? [] : [usage],
  );
  const prompt = usages.reduce((sum, usage) => sum + (usage.promptTokens ?? 0), 0);
  const cached = usages.reduce((sum, usage) => sum + (usage.cachedTokens ?? 0), 0);
  if (prompt > 0) return cachedShare(cached, prompt, "");
  // The server's counters don't tell the two apart.
  if (alone.length < run.records.length) return null;
  const hits = counted(run, "prefixCacheHits");
  const queries = counted(run, "prefixCacheQueries");
  return hits === null || queries === null || queries === 0
    ? null
    : cachedShare(hits, queries, ", by its own counters");
}

function cachedShare(cached: number, prompt: number, source: string): string | null {
  return cached / prompt < CACHE_HIT_LIMIT
    ? null
    : `${((100 * cached) / prompt).toFixed(1)} % of its prompt tokens came from the server's prefix cache${source}`;
}

function answerLength(run: LoadedRun): string | null {
  const told = run.records.filter(
    ({ outcome, askedTokens, outputTokens }) =>
      outcome === "completed" && askedTokens !== null && outputTokens !== null,
  );
  const mean = (of: (record: RequestRecord) => number | null) =>
    told.reduce((sum, record) => sum + (of(record) ?? 0), 0) / told.length;
  const [asked, came] = [mean((r) => r.askedTokens), mean((r) => r.outputTokens)];
  return told.length === 0 || Math.abs(came / asked - 1) <= LENGTH_LIMIT
    ? null
    : `answers had ${came.toFixed(1)} tokens on average where ${Number(asked.toFixed(1))} were asked for`;
}

function retries({ records }: LoadedRun): string | null {
  const again = records.filter(({ attempt }) => attempt > 1).length;
  return again === 0
    ? null
    : `${again} of its ${records.length} requests are retries, each judged by itself`;
}

/** The server's own count against that of the records, where samples of it enclose all of them. */
function tokenCount(
  run: LoadedRun,
  what: string,
  counter: "generationTokens" | "promptTokens",
  tokensOf: (record: RequestRecord) => number | null,
): string | null {
  const server = counted(run, counter);
  const sent = run.records.filter(({ outcome }) => outcome !== "unsent");
  const tokens = sent.map(tokensOf);
  const known = tokens.filter((count) => count !== null);
  // A server that told only of some requests leaves nothing to compare.
  if (server === null || known.length < sent.length || sent.length === 0) return null;
  const client = known.reduce((sum, count) => sum + count, 0);
  if (client === 0 || Math.abs(server / client - 1) <= COUNT_LIMIT) return null;
  const more = server > client ? "more" : "fewer";
  const why = server > client ? whyMore(run) : "the records count by another measure";
  return `the server counted ${percent(Math.abs(server / client - 1))} ${more} ${what} tokens (${grouped(server)}) than the records (${grouped(client)}): ${why}`;
}

function whyMore({ file }: LoadedRun): string {
  const cut = file?.counts?.interrupted ?? 0;
  return cut > 0 ? `${cut} requests were cut by the end of the run` : "it served others too";
}

/** What a failed request got before it failed counts: the server made it. */
function outputTokensOf({ outputTokens, firstContentMs, gapsUs }: RequestRecord): number | null {
  return outputTokens ?? (firstContentMs === null ? 0 : gapsUs.length + 1);
}

/**
 * How far one of the server's counters went from before the first request to after the last answer; `null` where it was not
 * watched for that long, or began anew.
 */
function counted(run: LoadedRun, counter: keyof ServerFigures): number | null {
  const samples = run.serverSamples.flatMap(({ atEpochMs, server }) =>
    server === null || server[counter] === null
      ? []
      : [{ atMs: atEpochMs - run.header.t0EpochMs, value: server[counter] }],
  );
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || run.incomplete !== null) return null;
  const from = run.records.reduce((at, { sentMs }) => Math.min(at, sentMs), Infinity);
  const to = run.records.reduce((at, { endMs }) => Math.max(at, endMs), 0);
  const falls = samples.some(({ value }, i) => value < (samples[i - 1]?.value ?? 0));
  return first.atMs > from || last.atMs < to || falls ? null : last.value - first.value;
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
