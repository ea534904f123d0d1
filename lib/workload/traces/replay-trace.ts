import { microseconds } from "../../core/microseconds.ts";
import { createRandom } from "../../core/random.ts";
import { assertHoldable } from "../schedule-size.ts";
import type { TraceRequest } from "./trace-request.ts";

/** The same requests `factor` times as fast. */
export function speedUp(requests: readonly TraceRequest[], factor: number): TraceRequest[] {
  return requests.map((request) => ({ ...request, atMs: microseconds(request.atMs / factor) }));
}

/**
 * A share of the requests at their own times, each kept or left out by a seeded draw of its own, so that bursts stay bursts.
 *
 * @param share above 0, up to 1: every request
 */
export function sampleShare(
  requests: readonly TraceRequest[],
  share: number,
  seed: number,
): TraceRequest[] {
  const random = createRandom(seed);
  return requests.filter(() => random() < share);
}

/**
 * The requests that come before `durationMs`, the trace begun again and again where it is shorter. A round lasts one mean gap
 * longer than the trace, so that its rate stays what it is.
 *
 * @throws UserError where there are too many to hold
 */
export function loop(requests: readonly TraceRequest[], durationMs: number): TraceRequest[] {
  const lastMs = requests.at(-1)?.atMs ?? 0;
  const roundMs = requests.length > 1 ? lastMs + lastMs / (requests.length - 1) : lastMs;
  // A trace of one moment has no length to begin again after.
  if (roundMs === 0) return [...requests];
  assertHoldable((requests.length * durationMs) / roundMs);
  const looped: TraceRequest[] = [];
  for (let startMs = 0; startMs < durationMs; startMs += roundMs) {
    for (const request of requests) {
      const atMs = microseconds(startMs + request.atMs);
      if (atMs < durationMs) looped.push({ ...request, atMs });
    }
  }
  return looped;
}
