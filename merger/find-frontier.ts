/** A variant's place in the picture: more of both is better. */
export interface Tradeoff {
  readonly speed: number;
  /** Lower is better. */
  readonly perplexity: number;
}

/** Which of the points no other point beats in one and equals or beats in the other (the Pareto frontier). */
export function onFrontier(points: readonly Tradeoff[]): boolean[] {
  return points.map((point) => !points.some((other) => dominates(other, point)));
}

function dominates(a: Tradeoff, b: Tradeoff): boolean {
  return (
    a.speed >= b.speed &&
    a.perplexity <= b.perplexity &&
    (a.speed > b.speed || a.perplexity < b.perplexity)
  );
}
