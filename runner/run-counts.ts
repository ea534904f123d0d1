import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { parseJson } from "../lib/core/parse-json.ts";
import type { RunFile } from "../records/run.ts";

const summarySchema = z.object({
  metrics: z.object({
    llm_requests_started: z.object({ values: z.object({ count: z.number().int() }) }).optional(),
  }),
});

/**
 * Requests started (k6's counter, taken before the stream is opened) against requests recorded: what lies between
 * was cut by the end of the run and left no other trace. `null` where the run left no summary.
 */
export function countRequests(summaryPath: string, recorded: number): RunFile["counts"] {
  if (!existsSync(summaryPath)) return null;
  const parsed = summarySchema.safeParse(parseJson(readFileSync(summaryPath, "utf8")));
  if (!parsed.success) return null;
  const started = parsed.data.metrics.llm_requests_started?.values.count ?? 0;
  return { started, recorded, interrupted: Math.max(0, started - recorded) };
}
