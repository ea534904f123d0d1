import { UserError } from "../../lib/core/user-error.ts";
import type { GateReport } from "../../records/gate.ts";
import type { QualityFile } from "../../records/quality.ts";
import { listed } from "../format.ts";
import { joinVariants } from "../join-variants.ts";
import { compareCells, compareQualities, decide, type OpenComparison } from "./compare-cells.ts";
import { type Cell, keyOf, wordCell } from "./gate-cells.ts";
import { PERPLEXITY } from "./gate-metrics.ts";
import type { Side } from "./read-side.ts";
import type { Tolerances } from "./tolerances.ts";

type Regression = NonNullable<GateReport["regression"]>;
type Unpaired = Regression["unpaired"];

/**
 * Compares all that both sides have: cells of the same variant, profile and level, and the quality of the same variant.
 *
 * @throws UserError where they have nothing in common
 */
export function compareWithBaseline(
  results: Side,
  baseline: Side,
  tolerances: Tolerances,
): Regression {
  const cells = pairedCells(results.cells, baseline.cells);
  const qualities = pairedQualities(results, baseline, tolerances);
  const comparisons = [
    ...cells.pairs.flatMap(([cell, before]) => compareCells(cell, before, tolerances)),
    ...qualities.comparisons,
  ];
  const unpaired = [...cells.unpaired, ...qualities.unpaired];
  const resultsHaveSome = results.cells.length + results.qualities.length > 0;
  if (cells.pairs.length === 0 && qualities.comparisons.length === 0 && resultsHaveSome) {
    const of = (side: Unpaired[number]["side"]) =>
      listed(unpaired.filter((other) => other.side === side).map(({ what }) => what)) || "nothing";
    throw new UserError(
      "bad-input",
      `--baseline: nothing to compare: the results hold ${of("results")}; the baseline holds ${of("baseline")}. Only the same variant at the same level under the same profile is compared`,
    );
  }
  return {
    baselineRuns: baseline.runs.map(({ id }) => id),
    comparisons: decide(comparisons),
    unpaired,
  };
}

function pairedCells(results: readonly Cell[], baseline: readonly Cell[]) {
  const before = new Map(baseline.map((cell) => [keyOf(cell.name), cell]));
  const now = new Set(results.map((cell) => keyOf(cell.name)));
  const unpaired: Unpaired = [
    ...missing("results", results.filter((cell) => !before.has(keyOf(cell.name))).map(nameOf)),
    ...missing("baseline", baseline.filter((cell) => !now.has(keyOf(cell.name))).map(nameOf)),
  ];
  const pairs = results.flatMap((cell) => {
    const partner = before.get(keyOf(cell.name));
    return partner === undefined ? [] : [[cell, partner] as const];
  });
  return { pairs, unpaired };
}

function pairedQualities(results: Side, baseline: Side, tolerances: Tolerances) {
  const tolerance = tolerances.get(PERPLEXITY.key) ?? null;
  const [now, before] = [qualitiesOf(results), qualitiesOf(baseline)];
  const comparisons: OpenComparison[] = [];
  const named = (variant: string) => `perplexity of ${variant}`;
  const unpaired: Unpaired = [];
  if (tolerance === null) return { comparisons, unpaired };
  for (const [variant, quality] of now) {
    const partner = before.get(variant);
    if (partner === undefined) {
      unpaired.push(...missing("results", [named(variant)]));
      continue;
    }
    const compared = compareQualities(quality, partner, tolerance);
    if (typeof compared !== "string") comparisons.push(compared);
    else {
      const reason = `not comparable with the baseline's: ${compared}`;
      unpaired.push({ side: "results", what: named(variant), reason });
    }
  }
  const gone = [...before.keys()].filter((variant) => !now.has(variant));
  unpaired.push(...missing("baseline", gone.map(named)));
  return { comparisons, unpaired };
}

function qualitiesOf({ runs, qualities }: Side): Map<string, QualityFile> {
  return new Map(
    joinVariants(runs, qualities).flatMap(({ name, quality }) =>
      quality === undefined ? [] : [[name, quality]],
    ),
  );
}

function nameOf({ name }: Cell): string {
  return wordCell(name);
}

function missing(side: Unpaired[number]["side"], names: readonly string[]): Unpaired {
  const reason = side === "results" ? "not in the baseline" : "not in the results";
  return names.map((what) => ({ side, what, reason }));
}
