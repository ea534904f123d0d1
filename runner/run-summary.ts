import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { parseJson } from "../lib/core/parse-json.ts";

const summarySchema = z.object({
  metrics: z.record(
    z.string(),
    z.object({
      values: z.record(z.string(), z.number()),
      thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
    }),
  ),
});

/** The metrics of a run's `summary.json`: k6's own data, by metric and submetric. */
export type RunSummary = z.infer<typeof summarySchema>["metrics"];

/** `undefined` where the run left none, or half of one: k6 writes it in place, so a kill may cut it. */
export function readSummary(path: string): RunSummary | undefined {
  if (!existsSync(path)) return undefined;
  return summarySchema.safeParse(parseJson(readFileSync(path, "utf8"))).data?.metrics;
}
