import { z } from "zod";
import { RECORDED_OUTCOMES } from "../lib/core/outcome.ts";
import { RECORD_VERSION, type RequestRecord, type RunHeader } from "../lib/core/request-record.ts";
import { loadPlanSchema, settingsSchema, slaSchema } from "./shared-schemas.ts";

const momentMs = z.number().nullable();
const contentKind = z.enum(["visible", "reasoning", "tool"]);
const tokens = z.number().int().nonnegative();

/** One line of `requests.ndjson`; the fields are explained at `RequestRecord`. */
const requestRecordSchema = z.object({
  kind: z.literal("request"),
  version: z.literal(RECORD_VERSION),
  id: z.string(),
  instance: z.string(),
  vu: z.number().int(),
  iteration: z.number().int(),
  phase: z.enum(["warmup", "steady", "drain"]),
  level: z.number().nullable(),
  stream: z.string().nullable().default(null),
  promptId: z.string(),
  conversation: z.string().nullable(),
  turn: z.number().int().nullable(),
  attempt: z.number().int().default(1),
  askedTokens: tokens.nullable().default(null),
  scheduledMs: z.number(),
  readyMs: momentMs.default(null),
  sentMs: z.number(),
  headersMs: momentMs,
  firstEventMs: momentMs,
  firstContentMs: momentMs,
  firstVisibleMs: momentMs,
  lastContentMs: momentMs,
  endMs: z.number(),
  gapsUs: z.array(z.number().int()),
  chunkTokens: z.array(tokens).nullable(),
  chunkChars: z.array(z.number().int()),
  contentKinds: z.union([contentKind, z.array(contentKind)]).nullable(),
  finishReason: z.string().nullable(),
  usage: z
    .object({
      promptTokens: tokens.nullable(),
      completionTokens: tokens,
      cachedTokens: tokens.nullable(),
    })
    .nullable(),
  outputTokens: tokens.nullable(),
  tokenSource: z.enum(["usage", "chunks"]).nullable(),
  status: z.number().int().nullable(),
  outcome: z.enum(RECORDED_OUTCOMES),
  detail: z.string().nullable(),
  stalled: z.boolean(),
  retryAfterMs: z.number().nullable().default(null),
  good: z.boolean(),
  text: z.string().nullable(),
  textHash: z.string().nullable(),
  reference: z.string().nullable().default(null),
}) satisfies z.ZodType<RequestRecord>;

/** The first line of an instance's records. */
const runHeaderSchema = z.object({
  kind: z.literal("run"),
  version: z.literal(RECORD_VERSION),
  profile: z.string(),
  runId: z.string(),
  instance: z.string(),
  t0EpochMs: z.number(),
  plan: loadPlanSchema,
  settings: settingsSchema,
  slaName: z.string().nullable(),
  sla: slaSchema,
  labels: z.record(z.string(), z.string()),
  seed: z.number(),
  model: z.string(),
  api: z.string(),
}) satisfies z.ZodType<RunHeader>;

/** Any line of `requests.ndjson`. */
export const recordLineSchema = z.discriminatedUnion("kind", [
  runHeaderSchema,
  requestRecordSchema,
]);
