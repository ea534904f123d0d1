import { z } from "zod";
import { invalidConfig } from "../end-of-run.ts";
import { parseDuration } from "./duration.ts";

const durationMs = z.unknown().transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms >= 0) return ms;
  context.addIssue({
    code: "custom",
    message: `expected a duration such as "30s", found ${JSON.stringify(value)}`,
  });
  return z.NEVER;
});
const atLeastASecond = durationMs.refine((ms) => ms >= 1000, "must be at least 1s");
const whole = z.number().int().nonnegative();
const positive = z.number().int().positive();
const texts = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);

const common = {
  exec: z.string().min(1).default("default"),
  startTime: durationMs.default(0),
  gracefulStop: durationMs.default(30_000),
  env: texts.default({}),
  tags: texts.default({}),
};

const stage = z.strictObject({ duration: durationMs, target: whole });

/** The executors of k6 that this engine has. All durations in milliseconds. */
const scenarioOptions = z.discriminatedUnion("executor", [
  z.strictObject({
    ...common,
    executor: z.literal("constant-vus"),
    vus: positive.default(1),
    duration: atLeastASecond,
  }),
  z
    .strictObject({
      ...common,
      executor: z.literal("ramping-vus"),
      startVUs: whole.default(1),
      stages: z.array(stage).min(1),
      gracefulRampDown: durationMs.default(30_000),
    })
    .refine(
      ({ startVUs, stages }) => startVUs > 0 || stages.some(({ target }) => target > 0),
      "either startVUs or one of the stages' target values must be greater than 0",
    ),
  z
    .strictObject({
      ...common,
      executor: z.literal("shared-iterations"),
      vus: positive.default(1),
      iterations: positive.default(1),
      maxDuration: atLeastASecond.default(600_000),
    })
    .refine(
      ({ iterations, vus }) => iterations >= vus,
      "the number of iterations can't be less than the number of VUs",
    ),
  z.strictObject({
    ...common,
    executor: z.literal("per-vu-iterations"),
    vus: positive.default(1),
    iterations: positive.default(1),
    maxDuration: atLeastASecond.default(600_000),
  }),
]);

export type ScenarioOptions = z.infer<typeof scenarioOptions>;
export type ScenarioOf<Executor extends ScenarioOptions["executor"]> = Extract<
  ScenarioOptions,
  { readonly executor: Executor }
>;

const EXECUTORS = ["constant-vus", "ramping-vus", "shared-iterations", "per-vu-iterations"];
const ONLY_ON_K6 = ["constant-arrival-rate", "ramping-arrival-rate", "externally-controlled"];
const NAME = /^[0-9a-zA-Z_-]+$/;

/** @throws EndOfRun (104) naming the scenario and field; an executor that only k6 has is named as such */
export function parseScenario(name: string, value: unknown): ScenarioOptions {
  if (!NAME.test(name)) {
    throw invalidConfig(
      `scenario "${name}": the scenario name should contain only numbers, latin letters, underscores, and dashes`,
    );
  }
  const executor =
    typeof value === "object" && value !== null && "executor" in value ? value.executor : undefined;
  if (typeof executor === "string" && ONLY_ON_K6.includes(executor)) {
    throw invalidConfig(
      `scenario "${name}": the embedded engine has no executor "${executor}"; run this profile on k6, or use one of ${EXECUTORS.join(", ")}`,
    );
  }
  if (typeof executor !== "string" || !EXECUTORS.includes(executor)) {
    throw invalidConfig(
      `scenario "${name}": found executor ${JSON.stringify(executor) ?? "none"}, allowed: ${EXECUTORS.join(", ")}`,
    );
  }
  const parsed = scenarioOptions.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = ["scenarios", name, ...(issue?.path ?? [])].map(String).join(".");
  throw invalidConfig(`${path}: ${issue?.message ?? "not a scenario"}`);
}
