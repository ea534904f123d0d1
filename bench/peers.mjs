// What this project and other load generators report of one server under the same load, beside the truth: the
// ground-truth server notes when each token went to its socket. Runs whichever of them there are:
//   [K6_BIN=...] [GUIDELLM_BIN=...] [AIPERF_BIN=...] [VLLM_BIN=...] [INFERENCE_PERF_BIN=...] node bench/peers.mjs
//     [--streams 1,10,50,200] [--requests 10] [--rounds 3] [--clients embedded,k6,guidellm,...] [--write]
// `--requests` is how many each stream sends, one after another. `--write` puts the table into docs/peers.md, which says
// what is compared with what and how the others are installed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildAll, machine, readLines, startServer } from "./support/embedded-run.mjs";
import { peerTable, writePeerTable } from "./support/peer-table.mjs";
import { truthOf } from "./support/peer-truth.mjs";
import { aiperf } from "./support/peers/aiperf.mjs";
import { guidellm } from "./support/peers/guidellm.mjs";
import { inferencePerf } from "./support/peers/inference-perf.mjs";
import { embedded, k6 } from "./support/peers/own-engines.mjs";
import { vllmBench } from "./support/peers/vllm-bench.mjs";
import { writeWordTokenizer } from "./support/word-tokenizer.mjs";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "1,10,50,200" },
    requests: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const TTFT_MS = 100;
const GAP_MS = 20;
const TOKENS = 64;
/** Of prompts that a program makes up: as long as the profile's are on average. */
const PROMPT_WORDS = 47;
const PATH = "/v1/chat/completions";
const PROMPTS = fileURLToPath(new URL("../data/prompts-sotu.jsonl", import.meta.url));
/** What a stream takes for one request. */
const REQUEST_SECONDS = (TTFT_MS + (TOKENS - 1) * GAP_MS) / 1000;
const MISSING = 2;

const PEERS = [guidellm, aiperf, vllmBench, inferencePerf];
const clients = chosen();
const perStream = Number(values.requests);
const rounds = Number(values.rounds);

const folder = mkdtempSync(join(os.tmpdir(), "peers-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const tokenizer = writeWordTokenizer(join(folder, "tokenizer"));
buildAll();
const versions = clients.map(
  ({ title, version, program }) => `${title}: ${version(program).trim()}`,
);
const about = `${machine()}. ${versions.join("; ")}`;
console.log(`${about}\n`);

const rows = [];
for (const streams of values.streams.split(",").map(Number)) {
  const measured = new Map(clients.map((client) => [client, []]));
  // By turns, so that what else the machine does meets all of them.
  for (let round = 0; round < rounds; round++) {
    for (const client of clients) {
      measured.get(client).push(...(await measure(client, streams)));
      console.error(`${streams} streams, round ${round + 1}, ${client.title}`);
    }
  }
  for (const [client, each] of measured) rows.push({ streams, client: client.title, each });
}
console.log(peerTable(rows));
console.log(`load average at the end ${os.loadavg()[0].toFixed(1)}`);
if (values.write) {
  const command = `node bench/peers.mjs --rounds ${values.rounds} --requests ${values.requests}`;
  writePeerTable(rows, { about, command, rounds, ttftMs: TTFT_MS, gapMs: GAP_MS, tokens: TOKENS });
}

/** The clients there are, or those of them that are asked for. */
function chosen() {
  const all = [embedded, k6, ...PEERS].map((client) => ({
    ...client,
    program: client.variable === null ? null : process.env[client.variable],
  }));
  const there = all.filter(({ program }) => program !== undefined);
  const names = values.clients?.split(",") ?? there.map(({ name }) => name);
  const found = names.map((name) => {
    const client = all.find((one) => one.name === name);
    if (client === undefined) fail(`no client "${name}": ${all.map((one) => one.name).join(", ")}`);
    if (client.program === undefined)
      fail(`${client.title}: set ${client.variable} to its program`);
    return client;
  });
  if (!found.some(({ name }) => PEERS.some((peer) => peer.name === name))) {
    const variables = PEERS.map(({ title, variable }) => `${variable} (${title})`);
    fail(`nothing to compare with: set one of ${variables.join(", ")} to the path of its program`);
  }
  return found;
}

function fail(message) {
  console.error(message);
  process.exit(MISSING);
}

async function measure(client, streams) {
  const at = join(folder, "run");
  mkdirSync(at);
  const server = await startServer({ ttft: TTFT_MS, gap: GAP_MS, tokens: TOKENS });
  const seconds = Math.ceil(perStream * REQUEST_SECONDS);
  const load = {
    ...{ url: server.url, model: "ground-truth", tokens: TOKENS, streams, tokenizer, folder: at },
    requests: streams * perStream,
    seconds,
    // As the profile's, for those that have a ramp.
    rampSeconds: seconds / 4,
    promptWords: PROMPT_WORDS,
    prompts: writePrompts(join(at, "prompts.jsonl"), streams * perStream),
  };
  // One that can't do it is a result of its own.
  const figures = await client.run(client.program, load).catch((error) => {
    console.error(error);
    return null;
  });
  const served = await server.stop();
  rmSync(at, { recursive: true });
  return figures === null ? [] : [{ figures, truth: truthOf(served, figures, PATH) }];
}

/** The prompts of the profile, a line a request, under the names that one or another program looks for. */
function writePrompts(file, count) {
  const texts = readLines(PROMPTS).map(({ text }) => text);
  const lines = Array.from({ length: count }, (_, i) => {
    const text = texts[i % texts.length];
    return `${JSON.stringify({ prompt: text, text })}\n`;
  });
  writeFileSync(file, lines.join(""));
  return file;
}
