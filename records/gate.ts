import { z } from "zod";

/** An estimate with its 95 % interval. */
const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const share = z.number().min(0).max(1);

/** Which requests: one variant at one level under one profile, over all its runs. */
const cellName = z.object({
  variant: z.string(),
  profile: z.string(),
  /** Users of a closed loop, requests offered a second of an open one; `null` where the load ramps. */
  level: z.number().nullable(),
  loop: z.enum(["closed", "open"]),
});

/** One limit of the service level, judged on the steady cohort of a cell. */
const check = z.object({
  name: z.string(),
  unit: z.enum(["ms", "share", "requests"]),
  /** `null` where there is nothing to compute it from, or too little. */
  figure: z.number().nullable(),
  interval: interval.nullable(),
  limit: z.number(),
  /** Whether the limit is the most or the least that is allowed. */
  bound: z.enum(["at most", "at least"]),
  /** Requests that the figure is of. */
  n: z.number().int(),
  verdict: z.enum(["pass", "breach", "not measurable"]),
  /** Why it can't be measured, or how a breach is certain where no figure can be had. */
  reason: z.string().nullable(),
});

const cell = cellName.extend({
  runs: z.array(z.string()),
  /** Name of the service level; `null` where none was asked for: its floors alone are judged. */
  sla: z.string().nullable(),
  requests: z.number().int(),
  checks: z.array(check),
});

/** One metric of the results against the baseline's. */
const comparison = z.object({
  /** `null`: quality, which has no load. */
  cell: cellName.nullable(),
  variant: z.string(),
  metric: z.string(),
  unit: z.enum(["ms", "tok/s", "share", "perplexity"]),
  worse: z.enum(["more", "less"]),
  /** `null` where it can't be had. */
  baseline: z.number().nullable(),
  figure: z.number().nullable(),
  /** As a share of the baseline's; of a share itself (good rate) the plain difference. */
  change: interval.nullable(),
  /** Two-sided, after Holm's correction over all comparisons of this gate. */
  adjustedP: share.nullable(),
  tolerance: z.number(),
  baselineN: z.number().int(),
  n: z.number().int(),
  verdict: z.enum([
    "regression",
    "improvement",
    "within tolerance",
    "no separable change",
    "not measurable",
  ]),
  reason: z.string().nullable(),
});

/** What `tradeoff gate` found; the table, JUnit file, Markdown and annotations are views of it and nothing else. */
export const gateSchema = z.object({
  kind: z.literal("gate"),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  /** A breach stays one when measured again; an invalid measurement says nothing, and may be repeated. */
  verdict: z.enum(["pass", "breach", "invalid measurement"]),
  reason: z.string(),
  runs: z.array(
    z.object({
      id: z.string(),
      variant: z.string().nullable(),
      /** `failed`: the server failed so many requests that its figures don't count: a breach, not to be measured again. */
      state: z.enum(["valid", "invalid", "failed"]),
      reason: z.string().nullable(),
    }),
  ),
  cells: z.array(cell),
  /** `null` where none was given. */
  regression: z
    .object({
      baselineRuns: z.array(z.string()),
      comparisons: z.array(comparison),
      unpaired: z.array(
        z.object({
          side: z.enum(["results", "baseline"]),
          what: z.string(),
          reason: z.string(),
        }),
      ),
    })
    .nullable(),
  notes: z.array(z.string()),
});

export type GateReport = z.infer<typeof gateSchema>;
export type GateCell = z.infer<typeof cell>;
export type GateCellName = z.infer<typeof cellName>;
export type GateCheck = z.infer<typeof check>;
export type GateComparison = z.infer<typeof comparison>;
