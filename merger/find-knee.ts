/** A level with what it gives and what it costs. */
export interface LoadPoint {
  readonly level: number;
  readonly throughput: number;
  readonly latencyMs: number;
}

/** The level where throughput over latency is greatest: Kleinrock's power (1979), the knee of the curve. */
export function findKnee(points: readonly LoadPoint[]): number | undefined {
  const best = points.toSorted(
    (a, b) => b.throughput / b.latencyMs - a.throughput / a.latencyMs || a.level - b.level,
  )[0];
  return best?.level;
}
