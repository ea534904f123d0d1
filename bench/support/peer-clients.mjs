// The load generators that the benches of peers know, and which of them are here.
import { aiperf } from "./peers/aiperf.mjs";
import { guidellm } from "./peers/guidellm.mjs";
import { inferencePerf } from "./peers/inference-perf.mjs";
import { embedded, k6 } from "./peers/own-engines.mjs";
import { vllmBench } from "./peers/vllm-bench.mjs";

const PEERS = [guidellm, aiperf, vllmBench, inferencePerf];
const MISSING = 2;

/**
 * Ends the process, and says what to set, where there is no peer to compare with.
 *
 * @param asked names separated by commas; absent: all there are
 */
export function chooseClients(asked) {
  const all = [embedded, k6, ...PEERS].map((client) => ({
    ...client,
    program: client.variable === null ? null : process.env[client.variable],
  }));
  const there = all.filter(({ program }) => program !== undefined);
  const names = asked?.split(",") ?? there.map(({ name }) => name);
  const chosen = names.map((name) => {
    const client = all.find((one) => one.name === name);
    if (client === undefined) fail(`no client "${name}": ${all.map((one) => one.name).join(", ")}`);
    if (client.program === undefined) {
      fail(`${client.title}: set ${client.variable} to the path of its program`);
    }
    return client;
  });
  if (!chosen.some(({ name }) => PEERS.some((peer) => peer.name === name))) {
    const variables = PEERS.map(({ title, variable }) => `${variable} (${title})`);
    fail(`nothing to compare with: set one of ${variables.join(", ")} to the path of its program`);
  }
  return chosen;
}

/** Each client's version, in one line. */
export function versionsOf(clients) {
  return clients
    .map(({ title, version, program }) => `${title} (${version(program).trim()})`)
    .join(", ");
}

function fail(message) {
  console.error(message);
  process.exit(MISSING);
}
