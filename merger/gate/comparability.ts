import { listed } from "../format.ts";
import type { LoadedRun } from "../read-runs.ts";

/** Settings that may differ without changing what a request costs the server, or that a pair shares by its name. */
const FREE_SETTINGS: readonly string[] = [
  "BASE_URL",
  "DURATION",
  "INSTANCE",
  "LABELS",
  "RATE",
  "RECORDS",
  "RUN_ID",
  "SEED",
  "SLA",
  "START_AT",
  "SUMMARY_FILE",
  "TEXT",
  "VUS",
];

/** What else than the server may have made a difference, in words: a difference on another machine may be the machine's. */
export function comparabilityNotes(
  results: readonly LoadedRun[],
  baseline: readonly LoadedRun[],
): string[] {
  if (results.length === 0 || baseline.length === 0) return [];
  const [now, before] = [conditionsOf(results), conditionsOf(baseline)];
  const differing = [...new Set([...now.keys(), ...before.keys()])].flatMap((name) => {
    const [a, b] = [valuesOf(now, name), valuesOf(before, name)];
    return a === b ? [] : [`the baseline had ${name} ${b}, the results ${a}`];
  });
  const shared = results.filter(({ id }) => baseline.some((run) => run.id === id));
  return [
    ...differing,
    ...(shared.length === 0 ? [] : [`on both sides: ${listed(shared.map(({ id }) => id))}`]),
    ...(repeats(results) < 2 || repeats(baseline) < 2
      ? [
          "one run of a variant shows nothing of how runs differ from each other: what is called separable may be the machine's mood; three runs a side are better",
        ]
      : []),
  ];
}

function conditionsOf(runs: readonly LoadedRun[]): Map<string, Set<string>> {
  const conditions = new Map<string, Set<string>>();
  const add = (name: string, value: string) =>
    conditions.set(name, (conditions.get(name) ?? new Set()).add(value));
  for (const { header, file } of runs) {
    for (const [name, { value }] of Object.entries(header.settings)) {
      if (!FREE_SETTINGS.includes(name)) add(name, value);
    }
    if (file === null) continue;
    add("engine", `${file.engine.name} ${file.engine.version}`);
    add("load generator", `${file.hardware.cpu} (${file.hardware.cores} cores)`);
  }
  return conditions;
}

function valuesOf(conditions: ReadonlyMap<string, ReadonlySet<string>>, name: string): string {
  return [...(conditions.get(name) ?? ["not recorded"])].sort().join(" and ");
}

/** Runs of the variant that has fewest. */
function repeats(runs: readonly LoadedRun[]): number {
  const counts = new Map<string, number>();
  for (const { variant, header } of runs) {
    const key = `${variant}\n${header.profile}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.min(...counts.values());
}
