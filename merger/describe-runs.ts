import { quantile, sortedCopy } from "../lib/core/quantile.ts";
import { requestMetrics } from "../lib/core/request-metrics.ts";
import { shellArgument } from "../lib/core/shell-argument.ts";
import type { TradeoffReport } from "../records/report.ts";
import { type Load, loadInWords } from "./load-in-words.ts";
import { cohortOf } from "./measure-cell.ts";
import type { LoadedRun } from "./read-runs.ts";

const SHAPE_STEPS = 100;
const MESSAGES_KEPT = 3;

/** The shape of TTFT and of the gaps of each variant at the chosen level, as equally spaced quantiles. */
export function describeDistributions(
  variants: ReadonlyMap<string, readonly LoadedRun[]>,
  { loop, level }: Load,
): TradeoffReport["distributions"] {
  return [...variants].flatMap(([variant, runs]) => {
    const completed = runs
      .filter((run) => run.plan.kind === loop)
      .flatMap((run) => cohortOf(run, level))
      .filter((record) => record.outcome === "completed");
    const ttftMs = shape(completed.flatMap((record) => requestMetrics(record)?.ttftMs ?? []));
    const gapMs = shape(completed.flatMap((record) => record.gapsUs.map((us) => us / 1000)));
    return ttftMs.length === 0 ? [] : [{ variant, ttftMs, gapMs }];
  });
}

function shape(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const sorted = sortedCopy(values);
  return Array.from({ length: SHAPE_STEPS + 1 }, (_, i) =>
    round(quantile(sorted, i / SHAPE_STEPS)),
  );
}

/** Failures by variant, level and kind, with their first messages, verbatim. */
export function describeFailures(runs: readonly LoadedRun[]): TradeoffReport["failures"] {
  const groups = new Map<string, TradeoffReport["failures"][number]>();
  for (const run of runs) {
    for (const { outcome, level, detail } of run.records) {
      if (outcome === "completed") continue;
      const loop = run.plan.kind;
      const key = `${run.variant}\n${loop}\n${level}\n${outcome}`;
      const group = groups.get(key) ?? {
        variant: run.variant,
        loop,
        level,
        outcome,
        count: 0,
        messages: [],
      };
      const isNew = detail !== null && !group.messages.includes(detail);
      groups.set(key, {
        ...group,
        count: group.count + 1,
        messages:
          isNew && group.messages.length < MESSAGES_KEPT
            ? [...group.messages, detail]
            : group.messages,
      });
    }
  }
  return [...groups.values()];
}

export function describeRun(run: LoadedRun): TradeoffReport["runs"][number] {
  const { file, header } = run;
  const settings = Object.entries(header.settings).map(([name, { value }]) => [name, value]);
  return {
    id: run.id,
    variant: run.variant,
    profile: header.profile,
    engine: file === null ? "unknown" : `${file.engine.name} ${file.engine.version}`,
    seed: header.seed,
    requests: run.records.length,
    interrupted: file?.counts?.interrupted ?? null,
    incomplete: run.incomplete,
    exit: file?.exit?.reason ?? null,
    settings: Object.fromEntries(settings),
  };
}

/** How it was measured, in lines: windows, machines, versions, and the commands that do it again. */
export function describeMethod(runs: readonly LoadedRun[]): TradeoffReport["method"] {
  const files = runs.flatMap((run) => run.file ?? []);
  return {
    windows: distinct(
      runs.flatMap((run) =>
        run.plan.windows
          .filter((window) => window.phase === "steady")
          .map(({ level, startMs, endMs, arrivals }) => {
            const load = level === null ? "" : `${loadInWords({ loop: run.plan.kind, level })} `;
            const scheduled = arrivals === null ? "" : `, ${arrivals} requests scheduled`;
            return `${load}steady ${startMs / 1000} to ${endMs / 1000} s${scheduled}`;
          }),
      ),
    ),
    hardware: distinct(
      files.map(
        ({ hardware }) =>
          `${hardware.cpu}, ${hardware.cores} cores, ${(hardware.memoryBytes / 2 ** 30).toFixed(0)} GiB (load generator)`,
      ),
    ),
    versions: distinct(
      files.flatMap(({ versions }) => [
        `tradeoff ${versions.tradeoff}, Node ${versions.node}, ${versions.platform}`,
      ]),
    ),
    commands: distinct(runs.map(commandOf)),
  };
}

/** Where settings come from that a person gave. */
const ASKED: readonly string[] = ["flag", "environment"];

function commandOf(run: LoadedRun): string {
  const settings = Object.entries(run.header.settings)
    .filter(([name, { source }]) => ASKED.includes(source) && name !== "RECORDS")
    .map(([name, { value }]) => `-e ${shellArgument(`${name}=${value}`)}`);
  return ["npx tradeoff run", shellArgument(run.header.profile), ...settings].join(" ");
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
