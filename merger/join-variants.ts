import type { QualityFile } from "../records/quality.ts";
import type { LoadedRun } from "./read-runs.ts";

/** One variant with all that was measured of it. */
export interface Variant {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runs: readonly LoadedRun[];
  readonly quality: QualityFile | undefined;
  readonly warnings: readonly string[];
}

/**
 * Joins runs with quality: by the digest of the model's files where both have it, else by the variant's name. Variants
 * come in the order of their names, so that colours stay the same from report to report.
 */
export function joinVariants(
  runs: readonly LoadedRun[],
  qualities: readonly QualityFile[],
): Variant[] {
  const byName = groupByVariant(runs);
  const joined = [...byName].map(([name, runsOfIt]) => {
    const { quality, warnings } = qualityFor(name, runsOfIt, qualities);
    return { name, labels: runsOfIt[0]?.labels ?? {}, runs: runsOfIt, quality, warnings };
  });
  const used = new Set(joined.map((variant) => variant.quality));
  const unloaded = newestByVariant(qualities)
    .filter((quality) => !used.has(quality) && !byName.has(quality.variant))
    .map((quality) => ({
      name: quality.variant,
      labels: quality.labels,
      runs: [],
      quality,
      warnings: [],
    }));
  return [...joined, ...unloaded].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function qualityFor(
  name: string,
  runs: readonly LoadedRun[],
  qualities: readonly QualityFile[],
): Pick<Variant, "quality" | "warnings"> {
  const [artifact, ...others] = new Set(runs.flatMap((run) => run.file?.artifact ?? []));
  const newest = newestByVariant(qualities);
  if (others.length > 0) {
    return {
      quality: undefined,
      warnings: [
        `${name}: its runs loaded ${others.length + 1} different models under one name: their figures are pooled, and its quality is left out`,
      ],
    };
  }
  const named = newest.find((quality) => quality.variant === name);
  if (artifact === undefined) return { quality: named, warnings: [] };
  const same =
    newest.find((q) => q.artifact === artifact && q.variant === name) ??
    newest.find((q) => q.artifact === artifact);
  if (same !== undefined) return { quality: same, warnings: [] };
  if (named === undefined) return { quality: undefined, warnings: [] };
  return {
    quality: undefined,
    warnings: [
      `${name}: the model that was loaded is not the one whose quality was measured (${artifact.slice(0, 19)} against ${named.artifact.slice(0, 19)}): its quality is left out`,
    ],
  };
}

function groupByVariant(runs: readonly LoadedRun[]): Map<string, LoadedRun[]> {
  const groups = new Map<string, LoadedRun[]>();
  for (const run of runs) {
    groups.set(run.variant, [...(groups.get(run.variant) ?? []), run]);
  }
  return groups;
}

function newestByVariant(qualities: readonly QualityFile[]): QualityFile[] {
  const newest = new Map<string, QualityFile>();
  for (const quality of qualities) {
    const other = newest.get(`${quality.variant}\n${quality.artifact}`);
    if (other === undefined || quality.createdAt > other.createdAt) {
      newest.set(`${quality.variant}\n${quality.artifact}`, quality);
    }
  }
  return [...newest.values()];
}
