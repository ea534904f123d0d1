import { z } from "zod";
import { digestSchema, loadPlanSchema, settingsSchema, slaSchema } from "./shared-schemas.ts";

/**
 * `runs/<id>/run.json`: what ran, by what, and how it ended. Written first as `running`, replaced by `finished` when the
 * plan was run to its end and by `interrupted` when somebody stopped it or the engine was killed; all but `finished` is incomplete, and readable.
 */
export const runFileSchema = z.object({
  kind: z.literal("run"),
  version: z.literal(1),
  id: z.string(),
  state: z.enum(["running", "interrupted", "finished"]),
  profile: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  /** What drove the load. */
  engine: z.object({ name: z.enum(["k6", "embedded"]), version: z.string() }),
  bundle: z.object({ file: z.string(), digest: digestSchema }),
  /** `null` until the run's header line was seen. */
  plan: loadPlanSchema.nullable(),
  t0EpochMs: z.number().nullable(),
  settings: settingsSchema,
  slaName: z.string().nullable(),
  /** `null` until the header line was seen. */
  sla: slaSchema.nullable(),
  labels: z.record(z.string(), z.string()),
  seed: z.number().nullable(),
  model: z.string().nullable(),
  api: z.string().nullable(),
  /** Digest of the model that was served, the key that joins quality; `null` where nobody told. */
  artifact: digestSchema.nullable(),
  versions: z.object({ tradeoff: z.string(), node: z.string(), platform: z.string() }),
  hardware: z.object({ cpu: z.string(), cores: z.number(), memoryBytes: z.number() }),
  counts: z
    .object({
      started: z.number().int(),
      /** Of those that were started. */
      recorded: z.number().int(),
      interrupted: z.number().int(),
      /** Of an open loop: never started, since no user was free in time. */
      unsent: z.number().int().default(0),
    })
    .nullable(),
  /** Whether it measured the server or the client; `null` where it left no summary to tell. */
  health: z
    .object({
      verdict: z.enum(["valid", "saturated", "client-limited"]),
      /** What is the matter and what to do about it, in words; `null` where nothing is. */
      reason: z.string().nullable(),
      figures: z.record(z.string(), z.number().nullable()),
    })
    .nullable()
    .default(null),
  exit: z.object({ code: z.number().int(), reason: z.string() }).nullable(),
});

export type RunFile = z.infer<typeof runFileSchema>;
