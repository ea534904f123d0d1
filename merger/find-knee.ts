import type { ReportCell } from "../records/report.ts";
import type { Load } from "./load-in-words.ts";

/** A level with what it gives and what it costs. */
interface LoadPoint {
  readonly level: number;
  readonly throughput: number;
  readonly latencyMs: number;
}

/** The level where throughput over latency is greatest: Kleinrock's power (1979), the knee of the curve. */
function findKnee(points: readonly LoadPoint[]): number | undefined {
  const best = points.toSorted(
    (a, b) => b.throughput / b.latencyMs - a.throughput / a.latencyMs || a.level - b.level,
  )[0];
  return best?.level;
}

/** The knee of each variant, of its loads of one kind: users and requests a second don't compare. */
export function kneesOf(
  variants: readonly string[],
  cells: readonly ReportCell[],
  loop: Load["loop"],
): Record<string, number> {
  const knees: Record<string, number> = {};
  for (const name of variants) {
    const knee = findKnee(
      cells.flatMap((cell) =>
        cell.variant === name &&
        cell.loop === loop &&
        cell.level !== null &&
        cell.e2eMs.p50 !== null &&
        cell.outputTokensPerSecond !== null
          ? [
              {
                level: cell.level,
                throughput: cell.outputTokensPerSecond.value,
                latencyMs: cell.e2eMs.p50.value,
              },
            ]
          : [],
      ),
    );
    if (knee !== undefined) knees[name] = knee;
  }
  return knees;
}
