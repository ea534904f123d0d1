// What this project and other load generators report of one server under the same load, beside the truth: the
// ground-truth server notes when each token went to its socket. Runs whichever of them there are:
//   [K6_BIN=...] [GUIDELLM_BIN=...] [AIPERF_BIN=...] [VLLM_BIN=...] [INFERENCE_PERF_BIN=...] node bench/peers.mjs
//     [--streams 1,10,50,200] [--requests 10] [--rounds 3] [--clients embedded,k6,guidellm,...] [--write]
// `--requests` is how many each stream sends, one after another. `--write` puts the table into docs/peers.md, which says
// what is compared with what and how the others are installed.
import os from "node:os";
import { parseArgs } from "node:util";
import { machine } from "./support/embedded-run.mjs";
import { chooseClients, versionsOf } from "./support/peer-clients.mjs";
import { CHAT_PATH, openSession } from "./support/peer-session.mjs";
import { timesTable, writeFigures } from "./support/peer-table.mjs";
import { truthOf } from "./support/peer-truth.mjs";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "1,10,50,200" },
    requests: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const SERVER = { ttft: 100, gap: 20, tokens: 64 };
/** What a stream takes for one request. */
const REQUEST_SECONDS = (SERVER.ttft + (SERVER.tokens - 1) * SERVER.gap) / 1000;

const clients = chooseClients(values.clients);
const session = openSession();
const perStream = Number(values.requests);
const seconds = Math.ceil(perStream * REQUEST_SECONDS);
const [about, versions] = [machine(), versionsOf(clients)];
console.log(`${about}\n${versions}\n`);

const rows = [];
for (const streams of values.streams.split(",").map(Number)) {
  const rounds = new Map(clients.map((client) => [client, []]));
  // By turns, so that what else the machine does meets all of them.
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const client of clients) {
      const load = { streams, requests: streams * perStream, seconds };
      const result = await session.run(client, SERVER, load);
      console.error(`${streams} streams, round ${round + 1}, ${client.title}`);
      if (result === null) continue;
      const { figures, served } = result;
      rounds.get(client).push({ figures, truth: truthOf(served, figures, CHAT_PATH) });
    }
  }
  for (const [client, each] of rounds) rows.push({ streams, client: client.title, each });
}
const table = timesTable(rows);
const end = `load average at the end ${os.loadavg()[0].toFixed(1)}`;
console.log(`${table}\n${end}`);
if (values.write) {
  const { ttft, gap, tokens } = SERVER;
  const options = `--rounds ${values.rounds} --requests ${values.requests}`;
  writeFigures("bench/peers.mjs", [
    `First token after ${ttft} ms, a token each ${gap} ms, ${tokens} tokens; ${about}, ${end}. ${versions}.`,
    `The median of ${values.rounds} rounds, in bold its distance from the truth, and the range of that. Made by \`node bench/peers.mjs ${options} --write\`.`,
    "",
    table,
  ]);
}
