// How often the gate's comparison of a median and a p95 takes chance for a regression, and how often it finds one of 10 %, on
// made-up latencies whose truth is known: log-normal, requests in a run independent, whole runs faster or slower by chance.
//   node bench/gate-error-rates.mjs [--pairs 400]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "400" } } });
const pairs = Number(values.pairs);

const bundled = await build({
  stdin: {
    contents: `
      export { estimateLogQuantile } from "./merger/gate/quantile-estimate.ts";
      export { testDifference } from "./merger/gate/estimate.ts";
      export { createRandom } from "./lib/core/random.ts";`,
    resolveDir: fileURLToPath(new URL("..", import.meta.url)),
  },
  bundle: true,
  format: "esm",
  write: false,
});
const source = Buffer.from(bundled.outputFiles[0].contents).toString("base64");
const { estimateLogQuantile, testDifference, createRandom } = await import(
  `data:text/javascript;base64,${source}`
);

const TOLERANCE = Math.log(1.05);
// As strict as Holm's correction is on the first of the eight comparisons of a cell.
const SIGNIFICANCE = 0.05 / 8;
const random = createRandom(20_261_124);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Runs of latencies around 100 ms times `factor`. */
function side({ runs, requests, spread, runSpread }, factor) {
  return Array.from({ length: runs }, () => {
    const run = 100 * factor * Math.exp(runSpread * normal());
    return Array.from({ length: requests }, () => run * Math.exp(spread * normal()));
  });
}

/** Share of pairs in which a regression is found. */
function found(setup, factor, q) {
  let regressions = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const { interval, p } = testDifference(
      estimateLogQuantile(side(setup, factor), q, 1),
      estimateLogQuantile(side(setup, 1), q, 1),
    );
    if (p < SIGNIFICANCE && interval.value > TOLERANCE) regressions++;
  }
  return `${((100 * regressions) / pairs).toFixed(1)} %`.padStart(8);
}

console.log(
  `regressions found in ${pairs} pairs each; spread of requests 0.3 (standard deviation of ln)`,
);
console.log("                                 nothing changed      10 % slower");
console.log("runs  requests  runs differ by   median      p95   median      p95");
for (const runs of [1, 2, 3, 5]) {
  for (const requests of [300, 1000]) {
    for (const runSpread of [0, 0.02, 0.05]) {
      const setup = { runs, requests, spread: 0.3, runSpread };
      const shares = [1, 1.1].flatMap((factor) => [0.5, 0.95].map((q) => found(setup, factor, q)));
      const differ = `${100 * runSpread} %`.padStart(14);
      console.log(
        `${String(runs).padStart(4)}  ${String(requests).padStart(8)}  ${differ} ${shares.join(" ")}`,
      );
    }
  }
}
