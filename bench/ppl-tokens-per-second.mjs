// Tokens scored a second with the loss inside the graph, against fetching all logits and taking the loss in JavaScript:
// the same windows of the same text, the two ways by turns, so that their ratio holds on a busy machine too. The larger the
// vocabulary, the more it gains.
//   node bench/ppl-tokens-per-second.mjs [--model <dir>] [--text <file>] [--window 256] [--windows 12] [--rounds 5] [--threads 1]
import { readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { spread } from "./support/embedded-run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    model: { type: "string", default: join(root, "model-server", "models", "mini-fp16") },
    text: { type: "string", default: join(root, "data", "sotu-heldout.txt") },
    window: { type: "string", default: "256" },
    windows: { type: "string", default: "12" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "1" },
  },
});

const out = new URL("../.build/bench/ppl/", import.meta.url);
await build({
  absWorkingDir: root,
  entryPoints: ["model/onnx-model.ts", "model/prompt-feeds.ts", "ppl-runner/token-scorer.ts"],
  outdir: fileURLToPath(out),
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  packages: "external",
});
const { loadOnnxModel } = await import(new URL("model/onnx-model.js", out).href);
const { promptFeeds } = await import(new URL("model/prompt-feeds.js", out).href);
const { openTokenScorer } = await import(new URL("ppl-runner/token-scorer.js", out).href);

const options = { provider: "cpu", intraOpThreads: Number(values.threads) };
const model = await loadOnnxModel(values.model, options);
const scorer = await openTokenScorer(model, options);
const length = Number(values.window);
const stream = model.tokenizer.encodeStream(readFileSync(values.text, "utf8")).ids;
const windows = Array.from({ length: Number(values.windows) }, (_, index) =>
  stream.slice(index * length, (index + 1) * length),
).filter((ids) => ids.length === length);

async function lossInGraph() {
  let sum = 0;
  for (const ids of windows) {
    for (const logProbability of await scorer.logProbabilities(ids)) sum -= logProbability;
  }
  return sum;
}

async function lossOfLogits() {
  const width = model.signature.vocabularySize;
  let sum = 0;
  for (const ids of windows) {
    const { logits } = await model.session.run(promptFeeds(model.signature, ids), ["logits"]);
    for (let position = 1; position < ids.length; position++) {
      const from = (position - 1) * width;
      let largest = Number.NEGATIVE_INFINITY;
      for (let index = from; index < from + width; index++) {
        if (logits.data[index] > largest) largest = logits.data[index];
      }
      let total = 0;
      for (let index = from; index < from + width; index++) {
        total += Math.exp(logits.data[index] - largest);
      }
      sum += largest + Math.log(total) - logits.data[from + ids[position]];
    }
  }
  return sum;
}

const tokens = windows.length * (length - 1);

/** CPU time is what other programs on the machine disturb least. */
async function tokensPerCpuSecond(way) {
  const before = process.cpuUsage();
  const meanNll = (await way()) / tokens;
  const { user, system } = process.cpuUsage(before);
  return { rate: (tokens * 1e6) / (user + system), meanNll };
}

await lossInGraph();
await lossOfLogits();
const rounds = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const inGraph = await tokensPerCpuSecond(lossInGraph);
  const ofLogits = await tokensPerCpuSecond(lossOfLogits);
  rounds.push({ inGraph, ofLogits });
}

const rate = (figures) => {
  const { median, min, max } = spread(figures);
  return `${median.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)})`;
};
const ratio = spread(rounds.map(({ inGraph, ofLogits }) => inGraph.rate / ofLogits.rate));
const [{ inGraph, ofLogits }] = rounds;
console.log(
  `${model.name}, vocabulary ${model.signature.vocabularySize}: ${windows.length} windows of ${length} tokens, median and ` +
    `range of ${rounds.length} rounds; ${os.cpus().length} x ${os.cpus()[0]?.model}, Node ${process.version}`,
);
console.log(
  `  loss inside the graph, tokens a CPU second   ${rate(rounds.map((r) => r.inGraph.rate))}`,
);
console.log(
  `  logits fetched, tokens a CPU second          ${rate(rounds.map((r) => r.ofLogits.rate))}`,
);
console.log(
  `  ratio                                        ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
);
console.log(
  `  difference of the mean NLL                   ${Math.abs(inGraph.meanNll - ofLogits.meanNll).toExponential(1)} nat`,
);
