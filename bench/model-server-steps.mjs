// Step time and throughput of the embedded server at several numbers of concurrent streams, for each model.
//   node bench/model-server-steps.mjs [--threads 1] [--tokens 128] [--levels 1,4,16] [--rounds 1] [model directory ...]
// Of several rounds the one with the most tokens a second is shown: what the machine does when it does little else.
// Times are the server's own flush times, so the client in this process costs nothing in them but CPU time.
import { readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1" },
    tokens: { type: "string", default: "128" },
    levels: { type: "string", default: "1,4,16" },
    rounds: { type: "string", default: "1" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const models = join(root, "model-server", "models");
const directories =
  positionals.length > 0 ? positionals : readdirSync(models).map((name) => join(models, name));

const out = new URL("../.build/bench/", import.meta.url);
await build({
  absWorkingDir: root,
  entryPoints: {
    "start-model-server": "model-server/start-model-server.ts",
    "model-server-worker": "model-server/worker.ts",
  },
  outdir: fileURLToPath(out),
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
});
const { startModelServer } = await import(new URL("start-model-server.js", out).href);

const PROMPT =
  "The President has asked the Congress to consider what the nation owes to those who served it, " +
  "and to provide by law for the payment of the public debt and the defence of the frontier. ".repeat(
    2,
  );

console.log("model          streams  step p50  step p99   TTFT p50     tok/s");
for (const modelDirectory of directories) {
  const served = [];
  const server = await startModelServer({
    modelDirectory,
    port: 0,
    intraOpThreads: Number(values.threads),
    onRequestEnd: (request) => served.push(request),
  });
  await Promise.all([generate(server, 8), generate(server, 8)]);
  for (const level of values.levels.split(",").map(Number)) {
    const rounds = [];
    for (let i = 0; i < Number(values.rounds); i++)
      rounds.push(await measure(server, served, level));
    const { gaps, firsts, tokensPerSecond } = rounds.reduce((best, round) =>
      round.tokensPerSecond > best.tokensPerSecond ? round : best,
    );
    console.log(
      `${server.model.padEnd(14)} ${String(level).padStart(7)} ${ms(gaps, 0.5)} ${ms(gaps, 0.99)} ` +
        `${ms(firsts, 0.5)} ${tokensPerSecond.toFixed(0).padStart(9)}`,
    );
  }
  await server.close();
}

async function measure(server, served, level) {
  served.length = 0;
  const begun = performance.now();
  await Promise.all(Array.from({ length: level }, () => generate(server, Number(values.tokens))));
  const seconds = (performance.now() - begun) / 1000;
  return {
    gaps: served.flatMap(({ flushMs }) => flushMs.slice(1).map((at, i) => at - flushMs[i])),
    firsts: served.map(({ flushMs, receivedMs }) => flushMs[0] - receivedMs),
    tokensPerSecond: served.reduce((total, { flushMs }) => total + flushMs.length, 0) / seconds,
  };
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

function ms(values, q) {
  return `${quantile(values, q).toFixed(2).padStart(6)} ms`;
}

function generate(server, maxTokens) {
  const body = JSON.stringify({
    messages: [{ role: "user", content: PROMPT }],
    max_tokens: maxTokens,
    ignore_eos: true,
    temperature: 0,
    stream: true,
  });
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}/v1/chat/completions`, { method: "POST" }, (response) => {
      response.resume();
      response.on("end", resolve);
    });
    call.on("error", reject);
    call.end(body);
  });
}
