import { appendFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { ServerSample } from "../records/server-sample.ts";
import { type GpuWatch, watchGpus } from "./gpu-watch.ts";
import { metricsUrlOf, scrape } from "./metrics-endpoint.ts";

const PERIOD_MS = 1_000;
/** A busy server may take long; at the end nobody waits long for it. */
const SCRAPE_TIMEOUT_MS = 5_000;
const LAST_SCRAPE_TIMEOUT_MS = 1_000;

export interface SampledServer {
  readonly baseUrl: string;
  /** Where its metrics are, if not at `/metrics` of the base URL. */
  readonly metricsUrl: string | undefined;
  /** Sent to the base URL's scheme, host and port alone. */
  readonly apiKey: string | undefined;
  /** `server.ndjson` of the run. */
  readonly file: string;
}

/**
 * Does something, a run, and writes meanwhile what the server says of itself to a file, about once a second, and what this
 * machine's GPUs do where the server runs on it. It works beside the engine, which is a process of its own, and never
 * fails a run: what it can't have is left out. It ends when the run does, however that ends.
 *
 * @param server absent: nothing is sampled
 * @returns what the run gave, and why there are no metrics of its server, in words; `null` where there are
 */
export async function whileSampling<T>(
  server: SampledServer | undefined,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly note: string | null }> {
  if (server === undefined) return { result: await run(), note: null };
  const gpus = isThisMachine(server.baseUrl) ? watchGpus() : undefined;
  const ended = new AbortController();
  const sampling = sample(server, gpus, ended.signal);
  try {
    const result = await run();
    ended.abort();
    return { result, note: await sampling };
  } finally {
    ended.abort();
    await sampling;
    gpus?.stop();
  }
}

async function sample(
  { baseUrl, metricsUrl, apiKey, file }: SampledServer,
  gpus: GpuWatch | undefined,
  ended: AbortSignal,
): Promise<string | null> {
  const url = metricsUrl ?? metricsUrlOf(baseUrl);
  const key = url !== undefined && isSameOrigin(url, baseUrl) ? apiKey : undefined;
  let asked = url !== undefined;
  let note: string | null = asked ? null : `${baseUrl} is no URL`;
  for (let answered = false; ; ) {
    const last = ended.aborted;
    const found = asked && url !== undefined ? await scrape(url, key, limit(ended)) : undefined;
    if (found?.kind === "none") asked = false;
    if (found?.kind === "figures") answered = true;
    if (found !== undefined) note = answered || found.kind === "figures" ? null : found.why;
    const written = append(file, {
      kind: "server-sample",
      version: 1,
      atEpochMs: Date.now(),
      server: found?.kind === "figures" ? found.figures : null,
      gpus: gpus?.now() ?? [],
    });
    if (last || !written) return note;
    await wait(PERIOD_MS, undefined, { signal: ended }).catch(() => {});
  }
}

/** A scrape under way is cut when the run ends; the last one, which begins then, has little time. */
function limit(ended: AbortSignal): AbortSignal {
  return ended.aborted
    ? AbortSignal.timeout(LAST_SCRAPE_TIMEOUT_MS)
    : AbortSignal.any([ended, AbortSignal.timeout(SCRAPE_TIMEOUT_MS)]);
}

/** @returns whether it makes sense to go on: a full disk is for others to complain of */
function append(file: string, line: ServerSample): boolean {
  if (line.server === null && line.gpus.length === 0) return true;
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    return true;
  } catch {
    return false;
  }
}

function isSameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin;
}

/** Whether a server's host is the machine that this runs on: another machine's GPUs are none of this one's. */
export function isThisMachine(baseUrl: string): boolean {
  const { hostname: host } = URL.canParse(baseUrl) ? new URL(baseUrl) : { hostname: "" };
  const bare = host.replace(/^\[|\]$/g, "");
  if (bare === "localhost" || bare === "::1" || /^127\./.test(bare)) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return bare === hostname().toLowerCase() || own.some(({ address }) => address === bare);
}
