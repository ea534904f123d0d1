// Chunks that the embedded engine follows on one core with a profile's full record of each request, while the server
// sends as fast as it can from another core. By the clock of the steady phase, and per second of the engine's CPU time
// with start and end included.
//   node bench/embedded-chunk-rate.mjs [--vus 8] [--seconds 8] [--tokens 500] [--rounds 3]
import { parseArgs } from "node:util";
import { buildAll, machine, runEngine, spread, startServer } from "./support/embedded-run.mjs";

const { values } = parseArgs({
  options: {
    vus: { type: "string", default: "8" },
    seconds: { type: "string", default: "8" },
    tokens: { type: "string", default: "500" },
    rounds: { type: "string", default: "3" },
  },
});

buildAll();
const byClock = [];
const byCpu = [];
for (let round = 0; round < Number(values.rounds); round++) {
  // One a round: its log of every token must fit into a string.
  const server = await startServer({ ttft: 0, gap: 0, tokens: values.tokens });
  const { header, requests, cpuSeconds } = await runEngine({
    BASE_URL: server.url,
    VUS: values.vus,
    DURATION: `${values.seconds}s`,
    MAX_TOKENS: values.tokens,
  });
  await server.stop();
  const failed = requests.find(({ outcome }) => outcome !== "completed");
  if (failed) throw new Error(`a request failed: ${JSON.stringify(failed).slice(0, 500)}`);
  const chunksOf = (some) => some.reduce((sum, { gapsUs }) => sum + gapsUs.length + 1, 0);
  const steady = header.plan.windows.find(({ phase }) => phase === "steady");
  const seconds = (steady.endMs - steady.startMs) / 1000;
  byClock.push(chunksOf(requests.filter(({ phase }) => phase === "steady")) / seconds);
  byCpu.push(chunksOf(requests) / cpuSeconds);
}

const show = ({ median, min, max }) =>
  `${Math.round(median / 1000)} k (${Math.round(min / 1000)} to ${Math.round(max / 1000)})`;
console.log(`chunks a second, median and range of ${values.rounds} rounds; ${machine()}`);
console.log(`  by the clock            ${show(spread(byClock))}`);
console.log(`  by the engine's CPU     ${show(spread(byCpu))}`);
