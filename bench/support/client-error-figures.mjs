// Joins a client's records to the log of the ground-truth server.

/**
 * @param requests what the client recorded, a request each
 * @param served what the server logged
 * @returns of the steady phase, milliseconds, sorted: errors of TTFT, sizes of the errors of gaps, and how late the
 *   server itself was with each token
 */
export function errorsOf(requests, served) {
  const truths = new Map(served.map((truth) => [truth.id, truth]));
  const ttft = [];
  const gap = [];
  const late = [];
  for (const { id, phase, sentMs, firstContentMs, gapsUs } of requests) {
    const truth = truths.get(id);
    if (truth === undefined || gapsUs.length !== truth.flushMs.length - 1) {
      throw new Error(
        `request ${id}: ${gapsUs.length} gaps for ${truth?.flushMs.length ?? "no"} flushes`,
      );
    }
    if (phase !== "steady") continue;
    const { flushMs, receivedMs, lateMs } = truth;
    ttft.push(firstContentMs - sentMs - (flushMs[0] - receivedMs));
    for (const [i, us] of gapsUs.entries()) {
      gap.push(Math.abs(us / 1000 - (flushMs[i + 1] - flushMs[i])));
    }
    for (const ms of lateMs) late.push(ms);
  }
  if (ttft.length === 0) throw new Error("no request in the steady phase");
  const ascending = (a, b) => a - b;
  return { ttft: ttft.sort(ascending), gap: gap.sort(ascending), late: late.sort(ascending) };
}

/** Samples beyond a percentile that it takes to tell it, as in a report. */
const ENOUGH = 5;

/** Linear between order statistics, as in a report; `null` with too few samples. 1 is the largest. */
export function quantile(sorted, q) {
  if (sorted.length === 0 || (q < 1 && sorted.length * (1 - q) < ENOUGH)) return null;
  return linearQuantile(sorted, q);
}

/** Linear between order statistics, however few they are. */
export function linearQuantile(sorted, q) {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (at - below) * (next - sorted[below]);
}
