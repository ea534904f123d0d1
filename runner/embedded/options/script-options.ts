import { z } from "zod";
import { invalidConfig } from "../end-of-run.ts";
import { parseDuration } from "./duration.ts";
import { parseScenario, type ScenarioOptions } from "./scenario-options.ts";

/** A threshold as a script writes it, with its defaults. */
export interface ThresholdOption {
  readonly threshold: string;
  readonly abortOnFail: boolean;
  readonly delayAbortEvalMs: number | null;
}

/** The options of a script that the engine heeds, with k6's defaults; durations in milliseconds. */
export interface ScriptOptions {
  readonly scenarios: ReadonlyMap<string, ScenarioOptions>;
  readonly thresholds: Readonly<Record<string, readonly ThresholdOption[]>>;
  readonly setupTimeoutMs: number;
  readonly teardownTimeoutMs: number;
  readonly summaryTrendStats: readonly string[];
  readonly summaryTimeUnit: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly userAgent: string | null;
  readonly throwOnFailure: boolean;
  readonly discardResponseBodies: boolean;
  /** Options that k6 knows and this engine passes over. */
  readonly ignored: readonly string[];
  /** As the script gave them: `exec.test.options`. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const duration = z.unknown().transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({
    code: "custom",
    message: `expected a duration such as "30s", found ${JSON.stringify(value)}`,
  });
  return z.NEVER;
});

const thresholdOption = z.union([
  z.string().transform((threshold) => ({ threshold, abortOnFail: false, delayAbortEvalMs: null })),
  z
    .object({
      threshold: z.string(),
      abortOnFail: z.boolean().default(false),
      delayAbortEval: z.unknown().optional(),
    })
    .transform(({ threshold, abortOnFail, delayAbortEval }) => ({
      threshold,
      abortOnFail,
      delayAbortEvalMs: parseDuration(delayAbortEval) ?? null,
    })),
]);

const trendStat = z
  .string()
  .regex(
    /^(avg|min|med|max|count|p\(\d+(\.\d+)?\))$/,
    "expected avg, min, med, max, count or p(N)",
  );

const optionsSchema = z.looseObject({
  scenarios: z.record(z.string(), z.unknown()).optional(),
  vus: z.number().int().positive().optional(),
  duration: duration.optional(),
  iterations: z.number().int().positive().optional(),
  stages: z.array(z.unknown()).optional(),
  thresholds: z.record(z.string(), z.array(thresholdOption)).default({}),
  setupTimeout: duration.default(60_000),
  teardownTimeout: duration.default(60_000),
  summaryTrendStats: z.array(trendStat).default(["avg", "min", "med", "max", "p(90)", "p(95)"]),
  summaryTimeUnit: z.enum(["s", "ms", "us", ""]).default(""),
  tags: z.record(z.string(), z.string()).default({}),
  userAgent: z.string().nullish(),
  throw: z.boolean().default(false),
  discardResponseBodies: z.boolean().default(false),
});

type Parsed = z.infer<typeof optionsSchema>;

/** Options that would change the load or what is counted: passing over them would give a wrong figure. */
const REFUSED = ["rps", "minIterationDuration", "executionSegment", "systemTags", "localIPs"];

/** @throws EndOfRun (104) naming the option that can't be heeded */
export function parseScriptOptions(exported: unknown): ScriptOptions {
  const raw = z.record(z.string(), z.unknown()).safeParse(exported ?? {});
  if (!raw.success) throw invalidConfig("the script's `options` must be an object");
  const refused = REFUSED.find((name) => raw.data[name] !== undefined && raw.data[name] !== null);
  if (refused !== undefined) {
    throw invalidConfig(
      `options.${refused}: the embedded engine can't heed this option; run the script on k6`,
    );
  }
  const parsed = optionsSchema.safeParse(raw.data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidConfig(
      `options.${(issue?.path ?? []).map(String).join(".")}: ${issue?.message ?? "not valid"}`,
    );
  }
  const options = parsed.data;
  return {
    scenarios: scenariosOf(options),
    thresholds: options.thresholds,
    setupTimeoutMs: options.setupTimeout,
    teardownTimeoutMs: options.teardownTimeout,
    summaryTrendStats: options.summaryTrendStats,
    summaryTimeUnit: options.summaryTimeUnit,
    tags: options.tags,
    userAgent: options.userAgent ?? null,
    throwOnFailure: options.throw,
    discardResponseBodies: options.discardResponseBodies,
    ignored: Object.keys(raw.data).filter((name) => !(name in optionsSchema.shape)),
    raw: raw.data,
  };
}

/** k6's short cuts (`vus`, `duration`, `iterations`, `stages`) stand for one scenario called "default". */
function scenariosOf(options: Parsed): ReadonlyMap<string, ScenarioOptions> {
  const { vus, duration: durationMs, iterations, stages = [], scenarios } = options;
  const given = [
    ["iterations", iterations !== undefined],
    ["duration", durationMs !== undefined && iterations === undefined],
    ["stages", stages.length > 0],
    ["scenarios", scenarios !== undefined],
  ].flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (given.length > 1) {
    throw invalidConfig(
      `using \`${given[0]}\` and \`${given[1]}\` options simultaneously is not allowed`,
    );
  }
  if (scenarios !== undefined && Object.keys(scenarios).length > 0) {
    return new Map(
      Object.entries(scenarios).map(([name, value]) => [name, parseScenario(name, value)]),
    );
  }
  const users = vus === undefined ? {} : { vus };
  return new Map([["default", parseScenario("default", shortcut())]]);

  function shortcut(): unknown {
    if (iterations !== undefined) {
      const maxDuration = durationMs === undefined ? {} : { maxDuration: durationMs };
      return { executor: "shared-iterations", ...users, iterations, ...maxDuration };
    }
    if (durationMs !== undefined) {
      return { executor: "constant-vus", ...users, duration: durationMs };
    }
    if (stages.length > 0) return { executor: "ramping-vus", startVUs: vus ?? 1, stages };
    return { executor: "per-vu-iterations" };
  }
}
