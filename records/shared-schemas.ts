import { z } from "zod";
import type { LoadPlan } from "../lib/core/load-plan.ts";
import { type EffectiveSetting, SETTING_SOURCES } from "../lib/core/request-record.ts";
import type { Slo } from "../lib/core/slo.ts";

export const loadPlanSchema = z.object({
  kind: z.enum(["closed", "open"]),
  windows: z
    .array(
      z.object({
        phase: z.enum(["warmup", "steady", "drain"]),
        level: z.number().nullable(),
        startMs: z.number(),
        endMs: z.number(),
        arrivals: z.number().int().nullable().default(null),
      }),
    )
    .readonly(),
  maxVus: z.number().int(),
}) satisfies z.ZodType<LoadPlan>;

export const sloSchema = z.object({
  ttftMs: z.number().positive().exactOptional(),
  itlMs: z.number().positive().exactOptional(),
  e2eMs: z.number().positive().exactOptional(),
}) satisfies z.ZodType<Slo>;

export const settingsSchema = z.record(
  z.string(),
  z.object({ value: z.string(), source: z.enum(SETTING_SOURCES) }),
) satisfies z.ZodType<Record<string, EffectiveSetting>>;

/** `sha256:` and 64 hexadecimal digits. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
