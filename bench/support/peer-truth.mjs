// What the ground-truth server's log says that a load generator's figures should have been.
import { linearQuantile } from "./client-error-figures.mjs";

/**
 * Of a run of this project: exactly the requests that its figures are of, and the tokens that went out in its window. Of
 * any other: the last requests that were answered whole, as many as it says it counted (what comes before them is its
 * warm-up), and the tokens a second from the first one's receipt to the last token.
 *
 * @param served what the server logged
 * @param figures what the load generator says
 * @param path of the requests that count
 */
export function truthOf(served, { requests, measured }, path) {
  const answered = served.filter((one) => one.path === path && one.outcome === "length");
  const counted = measured
    ? answered.filter(({ id }) => measured.ids.has(id))
    : answered.sort((a, b) => a.receivedMs - b.receivedMs).slice(-requests);
  const each = (of) => counted.flatMap(of).sort((a, b) => a - b);
  const last = ({ flushMs }) => flushMs[flushMs.length - 1];
  const percentiles = (sorted) => ({
    p50: linearQuantile(sorted, 0.5),
    p95: linearQuantile(sorted, 0.95),
  });
  return {
    requests: counted.length,
    ttftMs: percentiles(each(({ flushMs, receivedMs }) => flushMs[0] - receivedMs)),
    itlMs: percentiles(each((one) => (last(one) - one.flushMs[0]) / (one.flushMs.length - 1))),
    gapP99Ms: linearQuantile(
      each(({ flushMs }) => flushMs.slice(1).map((ms, i) => ms - flushMs[i])),
      0.99,
    ),
    e2eP50Ms: linearQuantile(
      each((one) => last(one) - one.receivedMs),
      0.5,
    ),
    tokensPerSecond: measured ? rateWithin(answered, measured) : rateOver(counted),
    lateP99Ms: linearQuantile(
      each(({ lateMs }) => lateMs),
      0.99,
    ),
  };
}

function rateWithin(answered, { fromEpochMs, toEpochMs }) {
  const within = (ms) => ms >= fromEpochMs && ms < toEpochMs;
  const tokens = answered.flatMap(({ timeOriginMs, flushMs }) =>
    flushMs.filter((ms) => within(timeOriginMs + ms)),
  );
  return (tokens.length * 1000) / (toEpochMs - fromEpochMs);
}

function rateOver(counted) {
  let [from, to, tokens] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const { receivedMs, flushMs } of counted) {
    from = Math.min(from, receivedMs);
    to = Math.max(to, flushMs[flushMs.length - 1]);
    tokens += flushMs.length;
  }
  return (tokens * 1000) / (to - from);
}
