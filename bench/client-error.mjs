// How far a client's times are from the truth: the ground-truth server notes when each token went to its socket, and each
// client's records are joined to that by request id. For the embedded engine with a profile and, where K6_BIN names a k6,
// for k6 with that profile and with a script that parses in its handler. Only differences of times are compared, each
// taken on one clock, so the two sides need none in common: docs/client-error.md says how to read the figures.
//   [K6_BIN=/path/to/k6] node bench/client-error.mjs [--streams 1,10,50,200,1000] [--seconds 10] [--rounds 3]
//     [--clients embedded,k6,plain] [--write]
// `--write` puts the table into docs/client-error.md.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { errorsOf, quantile } from "./support/client-error-figures.mjs";
import { shown, writeTable } from "./support/client-error-table.mjs";
import { buildAll, machine, runEngine, spread, startServer } from "./support/embedded-run.mjs";
import { k6Version, runK6 } from "./support/k6-run.mjs";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "1,10,50,200,1000" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    clients: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const TTFT_MS = 100;
/** Of each level of streams: more than this many get longer gaps. */
const MANY_STREAMS = 500;
/** Answers of few streams are short, so that there are enough of them for TTFT. */
const tokensOf = (streams) => (streams < 10 ? 16 : 64);
const gapOf = (streams) => (streams > MANY_STREAMS ? 50 : 20);

const k6 = process.env.K6_BIN;
const names = (values.clients ?? (k6 ? "embedded,k6,plain" : "embedded")).split(",");
const seconds = Number(values.seconds);
/** As the profile's: a quarter of the steady time. */
const rampUp = seconds / 4;

const PROFILE = fileURLToPath(new URL("../dist/chat-50vu.js", import.meta.url));
const PLAIN = fileURLToPath(new URL("k6-parse-in-handler.js", import.meta.url));
const profileSettings = { SLA: "none", HEALTH: "report", TIMEOUT: "30s" };
/** Each runs the load and gives the lines of its requests. */
const CLIENTS = {
  embedded: {
    title: "embedded engine, a profile",
    run: async (settings) => (await runEngine({ ...settings, ...profileSettings })).requests,
  },
  k6: {
    title: "k6, the same profile",
    run: async (settings) =>
      (await runK6(k6, PROFILE, { ...settings, ...profileSettings })).lines.slice(1),
  },
  plain: {
    title: "k6, a script that parses in its handler",
    run: async (settings) => (await runK6(k6, PLAIN, { ...settings, RAMP_UP: rampUp })).lines,
  },
};

buildAll();
const about = `${machine()}${k6 && names.some((name) => name !== "embedded") ? `, ${k6Version(k6)}` : ""}`;
console.log(`errors in ms, median (range) of ${values.rounds} rounds of ${seconds} s; ${about}`);
const rows = [];
for (const streams of values.streams.split(",").map(Number)) {
  const rounds = Object.fromEntries(names.map((name) => [name, []]));
  // By turns, so that what else the machine does meets all of them.
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const name of names) rounds[name].push(await measure(CLIENTS[name], streams));
  }
  for (const name of names) {
    const row = {
      streams,
      gapMs: gapOf(streams),
      client: CLIENTS[name].title,
      ...figures(rounds[name]),
    };
    rows.push(row);
    console.log(`${streams} x ${row.gapMs} ms, ${row.client}`);
    for (const samples of ["gap", "ttft", "late"]) console.log(`  ${line(samples, row[samples])}`);
  }
}
if (values.write) {
  const command = `node bench/client-error.mjs --rounds ${values.rounds} --seconds ${seconds}`;
  writeTable(rows, { about, command, rounds: Number(values.rounds), ttftMs: TTFT_MS });
}

async function measure(client, streams) {
  const tokens = tokensOf(streams);
  const server = await startServer({ ttft: TTFT_MS, gap: gapOf(streams), tokens });
  const settings = {
    BASE_URL: server.url,
    VUS: String(streams),
    DURATION: `${seconds}s`,
    MAX_TOKENS: String(tokens),
  };
  const requests = await client.run(settings);
  return errorsOf(requests, await server.stop());
}

function line(samples, { count, ...quantiles }) {
  const cells = Object.entries(quantiles).map(([name, figure]) => `${name} ${shown(figure)}`);
  return [samples.padEnd(5), String(count).padStart(8), ...cells].join("  ");
}

/** Each figure's median and range over the rounds; `null` where a round has too few samples for it. */
function figures(rounds) {
  const over = (samples, q) => {
    const each = rounds.map((round) => quantile(round[samples], q));
    return each.includes(null) ? null : spread(each);
  };
  const of = (samples) => ({
    count: rounds.reduce((sum, round) => sum + round[samples].length, 0),
    p50: over(samples, 0.5),
    p95: over(samples, 0.95),
    p99: over(samples, 0.99),
    max: over(samples, 1),
  });
  return { ttft: of("ttft"), gap: of("gap"), late: of("late") };
}
