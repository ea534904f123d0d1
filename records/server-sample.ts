import { z } from "zod";

/** A figure that the server, or the driver, may not have: `null` then, never 0. */
const figure = z.number().nonnegative().nullable();

const serverFigures = z.object({
  /** Requests being computed. */
  running: figure,
  /** Requests in the server's queue. */
  waiting: figure,
  /** Share of the KV cache that is taken, 0 to 1. */
  kvCacheUsage: figure,
  /** Prompt tokens since the server's start, those from a cache too. */
  promptTokens: figure,
  generationTokens: figure,
  /** Prompt tokens looked up in the prefix cache since the server's start, and those found there. */
  prefixCacheQueries: figure,
  prefixCacheHits: figure,
});

const gpuReading = z.object({
  index: z.number().int().nonnegative(),
  /** Share of the last sampling period in which a kernel ran, 0 to 1. */
  utilization: figure,
  memoryUsedBytes: figure,
  memoryTotalBytes: figure,
  powerWatts: figure,
});

/** One line of `runs/<id>/server.ndjson`: what the server and the GPUs said of themselves at one moment of the run. */
export const serverSampleSchema = z.object({
  kind: z.literal("server-sample"),
  version: z.literal(1),
  /** Wall clock of the answer, milliseconds since the epoch. */
  atEpochMs: z.number(),
  /** `null` where the server did not answer this time, or never does. */
  server: serverFigures.nullable(),
  /** Of the machine that ran the load, where the server runs on it too; else empty. */
  gpus: z.array(gpuReading),
});

export type ServerFigures = z.infer<typeof serverFigures>;
export type GpuReading = z.infer<typeof gpuReading>;
export type ServerSample = z.infer<typeof serverSampleSchema>;
