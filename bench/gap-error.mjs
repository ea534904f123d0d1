// How far the gaps between chunks in the embedded engine's records are from the gaps between the server's writes.
//   node bench/gap-error.mjs [--streams 200] [--gap 20] [--tokens 200] [--seconds 8] [--rounds 3]
import { parseArgs } from "node:util";
import { buildAll, machine, runEngine, spread, startServer } from "./support/embedded-run.mjs";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "200" },
    gap: { type: "string", default: "20" },
    tokens: { type: "string", default: "200" },
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
  },
});

buildAll();
const rounds = [];
for (let round = 0; round < Number(values.rounds); round++) rounds.push(await measure());

console.log(
  `${values.streams} streams of ${values.gap} ms gaps, ms, median and range of ${values.rounds} rounds; ${machine()}`,
);
for (const name of ["p50", "p95", "p99", "bias", "cpu"]) {
  const { median, min, max } = spread(rounds.map((figures) => figures[name]));
  const label = { bias: "mean, signed", cpu: "CPU of the engine, s" }[name] ?? `|error| ${name}`;
  console.log(
    `  ${label.padEnd(22)} ${median.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)})`,
  );
}

async function measure() {
  const server = await startServer("paced", values.tokens, values.gap);
  const { requests, cpuSeconds } = await runEngine({
    BASE_URL: server.url,
    VUS: values.streams,
    DURATION: `${values.seconds}s`,
  });
  const flushes = await (await fetch(`${server.url}/flushes`)).json();
  server.stop();
  const errors = [];
  for (const { id, gapsUs, phase } of requests) {
    const written = flushes[id];
    if (written === undefined || gapsUs.length !== written.length - 1) {
      throw new Error(`request ${id}: ${gapsUs.length} gaps for ${written?.length} writes`);
    }
    if (phase !== "steady") continue;
    gapsUs.forEach((gap, i) => {
      errors.push((gap - (written[i + 1] - written[i])) / 1000);
    });
  }
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const quantile = (q) => sizes[Math.floor(q * (sizes.length - 1))];
  return {
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    bias: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    cpu: cpuSeconds,
  };
}
