import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "../../lib/core/random.ts";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import { noSla } from "../../lib/core/sla.ts";
import { encodeNlls } from "../../records/nll-series.ts";
import type { QualityFile } from "../../records/quality.ts";
import type { ServerSample } from "../../records/server-sample.ts";
import { requestRecord, runHeader } from "./records.ts";

/** A made-up variant, whose truth a report over its records must find again. */
interface SyntheticVariant {
  readonly name: string;
  readonly precision: string;
  readonly modelBytes: number;
  /** Mean time of a decoding step with one user, milliseconds. */
  readonly stepMs: number;
  /** True mean difference of a token's NLL from the base's, nats. */
  readonly lossNats: number;
  /** How many times slower its first token is than that of the others; 1 where absent. */
  readonly ttftFactor?: number;
}

export interface SyntheticSuite {
  readonly variants: readonly SyntheticVariant[];
  readonly levels: readonly number[];
  readonly repeats: number;
  readonly levelMs: number;
  readonly outputTokens: number;
  readonly ttftLimitMs: number;
  readonly seed: number;
  readonly scoredTokens: number;
  /** Names its runs; `run` where absent. */
  readonly runPrefix?: string;
}

/** int8 is as good and as fast as fp16, int4 faster for a little loss, the small model faster still and much worse. */
export const FAMILY: SyntheticSuite = {
  variants: [
    { name: "base-fp16", precision: "fp16", modelBytes: 11e6, stepMs: 4, lossNats: 0 },
    { name: "base-int8", precision: "int8", modelBytes: 6e6, stepMs: 4, lossNats: 0 },
    { name: "base-int4", precision: "int4", modelBytes: 35e5, stepMs: 2.8, lossNats: 5e-3 },
    { name: "mini-fp16", precision: "fp16", modelBytes: 4e6, stepMs: 1.6, lossNats: 0.3 },
  ],
  levels: [1, 4, 16],
  repeats: 2,
  levelMs: 6e3,
  outputTokens: 32,
  ttftLimitMs: 200,
  seed: 7,
  scoredTokens: 6400,
};

/** Writes a suite's results folder: runs with their records and summaries, and quality. */
export function writeSyntheticSuite(directory: string, suite: SyntheticSuite): void {
  suite.variants.forEach((variant, v) => {
    writeQuality(directory, variant, suite);
    for (let repeat = 1; repeat <= suite.repeats; repeat += 1) {
      writeRun(directory, variant, suite, repeat, createRandom(suite.seed + 100 * v + repeat));
    }
  });
}

function writeRun(
  directory: string,
  variant: SyntheticVariant,
  suite: SyntheticSuite,
  repeat: number,
  random: Random,
): void {
  const id = `${suite.runPrefix ?? "run"}-${variant.name}-${repeat}`;
  const folder = join(directory, "runs", id);
  mkdirSync(folder, { recursive: true });
  const windows = suite.levels.map(
    (level, i) =>
      ({
        phase: "steady",
        level,
        startMs: i * suite.levelMs,
        endMs: (i + 1) * suite.levelMs,
        arrivals: null,
      }) as const,
  );
  const header = runHeader({
    runId: id,
    plan: { kind: "closed", windows, maxVus: Math.max(...suite.levels) },
    sla: { ...noSla(), slo: { ttftMs: suite.ttftLimitMs } },
    slaName: "sweep",
    labels: { variant: variant.name, precision: variant.precision },
    settings: { MAX_TOKENS: { value: String(suite.outputTokens), source: "environment" } },
    seed: repeat,
    model: variant.name,
  });
  const records = suite.levels.flatMap((level, i) =>
    recordsOfLevel(variant, suite, level, i * suite.levelMs, id, random),
  );
  const lines = [header, ...records].map((line) => JSON.stringify(line)).join("\n");
  writeFileSync(join(folder, "requests.ndjson.gz"), gzipSync(`${lines}\n`));
  const oversleep = { type: "trend", values: { "p(99)": 1.2 } };
  const metrics = { "llm_heartbeat_oversleep{phase:steady}": oversleep };
  writeFileSync(join(folder, "summary.json"), JSON.stringify({ metrics }));
  const samples = serverSamples(suite, records, header.t0EpochMs).map((s) => JSON.stringify(s));
  writeFileSync(join(folder, "server.ndjson"), `${samples.join("\n")}\n`);
}

/** A server with room for half of the users, which counts what the records hold; one GPU. */
function serverSamples(
  suite: SyntheticSuite,
  records: readonly RequestRecord[],
  t0EpochMs: number,
): ServerSample[] {
  const room = Math.max(...suite.levels) / 2;
  const endMs = Math.max(...records.map((record) => record.endMs)) + 1000;
  return Array.from({ length: Math.ceil(endMs / 1000) + 1 }, (_, second) => {
    const atMs = second === 0 ? -500 : second * 1000;
    const here = records.filter((r) => r.sentMs <= atMs && r.endMs > atMs).length;
    const done = records.filter((r) => r.endMs <= atMs);
    return {
      kind: "server-sample",
      version: 1,
      atEpochMs: t0EpochMs + atMs,
      server: {
        running: Math.min(here, room),
        waiting: Math.max(0, here - room),
        kvCacheUsage: Math.min(here, room) / room / 2,
        promptTokens: done.reduce((sum, r) => sum + (r.usage?.promptTokens ?? 0), 0),
        generationTokens: done.reduce((sum, r) => sum + (r.outputTokens ?? 0), 0),
        prefixCacheQueries: null,
        prefixCacheHits: null,
      },
      gpus: [
        {
          index: 0,
          utilization: here === 0 ? 0 : 0.8,
          memoryUsedBytes: 60e9,
          memoryTotalBytes: 80e9,
          powerWatts: 300,
        },
      ],
    };
  });
}

/** A closed loop: each user sends, waits for the last token, and sends again. */
function recordsOfLevel(
  variant: SyntheticVariant,
  suite: SyntheticSuite,
  level: number,
  startMs: number,
  runId: string,
  random: Random,
): RequestRecord[] {
  const records: RequestRecord[] = [];
  for (let vu = 1; vu <= level; vu += 1) {
    let atMs = startMs + random() * 20;
    for (let iteration = 0; atMs < startMs + suite.levelMs; iteration += 1) {
      const record = oneRequest(variant, suite, level, atMs, random);
      const id = `${runId}-${vu}-${level}-${iteration}`;
      records.push({ ...record, id, vu, iteration, level });
      atMs = record.endMs + 1;
    }
  }
  return records;
}

function oneRequest(
  variant: SyntheticVariant,
  suite: SyntheticSuite,
  level: number,
  sentMs: number,
  random: Random,
): RequestRecord {
  const stepMs = variant.stepMs * (1 + 0.25 * (level - 1));
  const ttftMs = (variant.ttftFactor ?? 1) * stepMs * (2 + random() * level * 0.5);
  const gapsUs = Array.from({ length: suite.outputTokens - 1 }, () =>
    Math.round(stepMs * (0.9 + 0.2 * random()) * 1e3),
  );
  const lastContentMs = sentMs + ttftMs + gapsUs.reduce((sum, us) => sum + us, 0) / 1e3;
  return requestRecord({
    sentMs,
    scheduledMs: sentMs,
    headersMs: sentMs + 1,
    firstEventMs: sentMs + ttftMs,
    firstContentMs: sentMs + ttftMs,
    firstVisibleMs: sentMs + ttftMs,
    lastContentMs,
    endMs: lastContentMs + 0.2,
    gapsUs,
    chunkChars: Array.from({ length: suite.outputTokens }, () => 4),
    usage: { promptTokens: 40, completionTokens: suite.outputTokens, cachedTokens: null },
    outputTokens: suite.outputTokens,
    good: ttftMs <= suite.ttftLimitMs,
  });
}

function writeQuality(directory: string, variant: SyntheticVariant, suite: SyntheticSuite): void {
  const shared = createRandom(suite.seed);
  const own = createRandom(suite.seed + variant.modelBytes);
  const nlls = Float32Array.from({ length: suite.scoredTokens }, () => {
    const difficulty = -Math.log(1 - shared()) * 3.2;
    return difficulty + variant.lossNats + (variant.lossNats === 0 ? 0 : (own() - 0.5) * 0.05);
  });
  const sumNll = nlls.reduce((sum, nll) => sum + nll, 0);
  const digest = `sha256:${"0".repeat(64)}`;
  const file: QualityFile = {
    kind: "quality",
    version: 1,
    id: `quality-${variant.name}`,
    createdAt: "2026-01-01T00:00:00Z",
    variant: variant.name,
    labels: { precision: variant.precision },
    artifact: `sha256:${variant.modelBytes.toString(16).padStart(64, "0")}`,
    modelBytes: variant.modelBytes,
    protocol: "strided",
    windowTokens: 256,
    strideTokens: 128,
    bos: false,
    tokenizerDigest: digest,
    text: { file: "text.txt", digest, bytes: 2e4, tokens: suite.scoredTokens + 1 },
    provider: { asked: "cpu", used: "cpu" },
    scoredTokens: suite.scoredTokens,
    sumNll,
    perplexity: Math.exp(sumNll / suite.scoredTokens),
    bitsPerByte: sumNll / Math.LN2 / 2e4,
    meanNllStandardError: 0.04,
    nlls: encodeNlls(nlls),
    elapsedSeconds: 1,
    versions: { tradeoff: "0.0.0", onnxruntime: "0.0.0", node: "v20" },
  };
  const folder = join(directory, "quality", file.id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "quality.json"), JSON.stringify(file));
}
