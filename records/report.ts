import { z } from "zod";

/** An estimate with its 95 % interval. */
const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
/** `null`: not known, or too few samples to say. */
const maybeInterval = interval.nullable();

const percentiles = z.object({ p50: maybeInterval, p95: maybeInterval, p99: maybeInterval });

/** What `level` counts: users at once (closed loop), or requests offered a second (open loop). */
const loop = z.enum(["closed", "open"]);

/** One variant at one level: the cohort of its requests over all repeats, and the rates in its windows. */
const cell = z.object({
  variant: z.string(),
  loop,
  level: z.number().nullable(),
  repeats: z.number().int(),
  /** Requests of the cohort that are recorded. */
  requests: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  /** Of an open loop: requests that were never sent (they count as failed), and those that its schedule holds, per second. */
  unsent: z.number().int().nullable(),
  offeredPerSecond: z.number().nullable(),
  /** Of an open loop: why the offered rate was not held; `null` where it was. */
  saturated: z.string().nullable(),
  ttftMs: percentiles,
  itlMs: percentiles,
  e2eMs: percentiles,
  /** The same counted from when the schedule wanted the request, and how late it was sent; absent in a closed loop. */
  ttftFromScheduleMs: percentiles,
  e2eFromScheduleMs: percentiles,
  scheduleLagMs: percentiles,
  /** Gaps between content events, pooled. */
  iclMs: percentiles,
  /** TTFT p95 with failures counted as slower than everything. */
  adjustedTtftP95: z.union([z.number(), z.literal("beyond failures")]).nullable(),
  outputTokensPerSecond: maybeInterval,
  requestsPerSecond: z.number(),
  goodRequestsPerSecond: z.number(),
  goodTokensPerSecond: z.number(),
  /** Share of the cohort that kept every SLO; failures count against it. `null` without requests. */
  goodRate: maybeInterval,
  concurrency: z.number(),
  /** Whether it keeps the SLO often enough, on a valid measurement. */
  holds: z.boolean(),
  /** Where it doesn't: why. */
  whyNot: z.string().nullable(),
  costPerMillionTokens: z.number().nullable(),
});

/** One traffic stream of a mix, of one variant at one level. */
const stream = z.object({
  variant: z.string(),
  loop,
  level: z.number().nullable(),
  stream: z.string(),
  requests: z.number().int(),
  failed: z.number().int(),
  goodRate: maybeInterval,
  ttftMs: percentiles,
  itlMs: percentiles,
  e2eMs: percentiles,
});

const quality = z.object({
  variant: z.string(),
  perplexity: z.number(),
  bitsPerByte: z.number(),
  scoredTokens: z.number().int(),
  modelBytes: z.number().int(),
  /** ln PPL less the base's, from paired tokens; `null` for the base and for what can't be paired with it. */
  deltaLogPerplexity: maybeInterval,
  /** Why it can't be compared with the base; `null` where it can. */
  notComparable: z.string().nullable(),
  /** Whether the difference from the base is clear of zero. */
  separable: z.boolean(),
});

const healthCheck = z.object({
  name: z.string(),
  /** With its unit, or "not checked" and why. */
  figure: z.string(),
  limit: z.string(),
  state: z.enum(["good", "bad", "not checked"]),
});

const point = z.object({
  variant: z.string(),
  outputTokensPerSecond: interval,
  perplexity: interval,
  onFrontier: z.boolean(),
  recommended: z.boolean(),
  /** Whether the variant keeps the SLO at this level. */
  holds: z.boolean(),
});

/** `report.json`: everything that the report shows; `report.html` and `report.md` are views of it and nothing else. */
export const reportSchema = z.object({
  kind: z.literal("report"),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  title: z.string(),
  answer: z.object({
    verdict: z.enum(["recommended", "not separable", "nothing holds", "no comparison"]),
    sentence: z.string(),
    reason: z.string(),
    /** What it would be with limits a little tighter or looser, as another day's machine might have it; `null`: the same. */
    closeCall: z.string().nullable(),
    variant: z.string().nullable(),
    level: z.number().nullable(),
    /** Variants that can't be told apart from the one named. */
    ties: z.array(z.string()),
  }),
  figures: z.array(z.object({ label: z.string(), value: z.string(), note: z.string() })),
  whatWouldChange: z.array(z.string()),
  /** What the data of each part says, for its heading; `null` where it does not say one thing. */
  findings: z.object({
    speed: z.string().nullable(),
    serviceLevel: z.string().nullable(),
    firstTokens: z.string().nullable(),
    quality: z.string().nullable(),
    failures: z.string().nullable(),
  }),
  health: z.object({
    /** `saturated` is a valid measurement, of a server that did not hold an offered rate. */
    verdict: z.enum(["valid", "saturated", "client-limited", "incomplete"]),
    reason: z.string(),
    checks: z.array(healthCheck),
    warnings: z.array(z.string()),
  }),
  rule: z.object({
    goodRateMin: z.number(),
    /** Most that perplexity may be above the base's, as a share. */
    qualityTolerance: z.number(),
    slo: z.record(z.string(), z.number()),
    slaName: z.string().nullable(),
  }),
  base: z.string().nullable(),
  /** In the order of their colours. */
  variants: z.array(
    z.object({
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      modelBytes: z.number().int().nullable(),
    }),
  ),
  /** The load of `points`, `knees` and the distributions: the chosen one. */
  loop,
  level: z.number().nullable(),
  points: z.array(point),
  cells: z.array(cell),
  /** Of profiles that mix streams; else empty. */
  streams: z.array(stream),
  /** Level at which throughput over latency is greatest, by variant. */
  knees: z.record(z.string(), z.number()),
  qualities: z.array(quality),
  qualityProtocol: z.string().nullable(),
  distributions: z.array(
    z.object({
      variant: z.string(),
      /** Sampled quantiles (0 to 1 in equal steps): the whole shape in few numbers. */
      ttftMs: z.array(z.number()),
      gapMs: z.array(z.number()),
    }),
  ),
  timelines: z.array(
    z.object({
      run: z.string(),
      variant: z.string(),
      /** What its requests met. */
      points: z.array(
        z.object({
          atSeconds: z.number(),
          tokensPerSecond: z.number(),
          inFlight: z.number(),
          /** Median of the requests sent in this step. */
          ttftMs: z.number().nullable(),
        }),
      ),
      /** What the server and its GPUs said of themselves; empty where nobody asked. Shares are 0 to 1. */
      server: z.array(
        z.object({
          atSeconds: z.number(),
          running: z.number().nullable(),
          waiting: z.number().nullable(),
          kvCacheUsage: z.number().nullable(),
          gpuUtilization: z.number().nullable(),
          gpuMemoryUsage: z.number().nullable(),
        }),
      ),
    }),
  ),
  failures: z.array(
    z.object({
      variant: z.string(),
      loop,
      level: z.number().nullable(),
      outcome: z.string(),
      count: z.number().int(),
      messages: z.array(z.string()),
    }),
  ),
  runs: z.array(
    z.object({
      id: z.string(),
      variant: z.string(),
      profile: z.string(),
      engine: z.string(),
      seed: z.number(),
      requests: z.number().int(),
      interrupted: z.number().int().nullable(),
      /** Why it is not a whole run; `null` for one that is. */
      incomplete: z.string().nullable(),
      exit: z.string().nullable(),
      settings: z.record(z.string(), z.string()),
    }),
  ),
  method: z.object({
    windows: z.array(z.string()),
    hardware: z.array(z.string()),
    versions: z.array(z.string()),
    commands: z.array(z.string()),
  }),
  currency: z.string().nullable(),
});

export type TradeoffReport = z.infer<typeof reportSchema>;
export type ReportCell = z.infer<typeof cell>;
export type ReportQuality = z.infer<typeof quality>;
export type ReportPoint = z.infer<typeof point>;
