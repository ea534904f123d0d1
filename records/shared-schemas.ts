import { z } from "zod";
import { LATENCY_NAMES } from "../lib/core/latency-names.ts";
import type { LoadPlan } from "../lib/core/load-plan.ts";
import { type EffectiveSetting, SETTING_SOURCES } from "../lib/core/request-record.ts";
import type { Sla } from "../lib/core/sla.ts";

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

const share = z.number().min(0).max(1);
const limitMs = z.number().positive();

/** A service level as a run had it; `lib/core/sla.ts` reads it from a file. */
export const slaSchema = z.object({
  slo: z.object({
    ttftMs: limitMs.exactOptional(),
    itlMs: limitMs.exactOptional(),
    e2eMs: limitMs.exactOptional(),
  }),
  latency: z
    .array(
      z.object({
        metric: z.enum(LATENCY_NAMES),
        statistic: z.string().regex(/^(?:p\([\d.]+\)|avg|med|max)$/),
        atMostMs: limitMs,
      }),
    )
    .readonly(),
  goodRateMin: share.nullable(),
  minRequests: z.number().int().positive(),
  minSuccessRate: share,
}) satisfies z.ZodType<Sla>;

export const settingsSchema = z.record(
  z.string(),
  z.object({ value: z.string(), source: z.enum(SETTING_SOURCES) }),
) satisfies z.ZodType<Record<string, EffectiveSetting>>;

/** `sha256:` and 64 hexadecimal digits. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
