// Events that k6 can follow per second of one core's time with a profile, records and all, against a script that does the
// same measurement by parsing in its handler, and the same with the clock's object kept, which a careful author might do
// (it is a quarter of that script's time). The client has one core (on Linux), the server another; the server sends
// as fast as it can. By CPU time, start included, so that what else the machine does changes little; ratios are of neighbours
// in time, medians and ranges over the rounds.
//   K6_BIN=/path/to/k6 node bench/k6-events.mjs [--vus 8] [--seconds 8] [--rounds 5]
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { spread } from "./support/embedded-run.mjs";

const { values } = parseArgs({
  options: {
    vus: { type: "string", default: "8" },
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    serve: { type: "boolean", default: false },
  },
});
const EVENTS_PER_ANSWER = 500;

if (values.serve) serve();
else await compare();

/** Sends a whole recorded-looking answer to each request at once. */
function serve() {
  const chunk = (delta, finish) =>
    `data: {"id":"chatcmpl-a33d3156cc8fc0df","object":"chat.completion.chunk","created":1795494320,"model":"flood","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish},"token_ids":null}]}\n\n`;
  const words = Array.from({ length: EVENTS_PER_ANSWER }, (_, i) =>
    chunk(`{"content":" word${i}"}`, "null"),
  );
  const answer = Buffer.from(
    `${chunk('{"role":"assistant","content":""}', "null")}${words.join("")}${chunk("{}", '"length"')}data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":${EVENTS_PER_ANSWER}}}\n\ndata: [DONE]\n\n`,
  );
  const server = createServer((request, response) => {
    if (request.url === "/v1/models") {
      response.end('{"data":[{"id":"flood"}]}');
      return;
    }
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(answer);
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

async function compare() {
  const k6 = process.env.K6_BIN ?? "k6";
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), "--serve"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise((resolve) =>
    server.stdout.once("data", (text) => resolve(`${text}`.trim())),
  );
  onCore(1, server.pid);
  const parsing = fileURLToPath(new URL("k6-parse-in-handler.js", import.meta.url));
  const scripts = {
    "profile, with records": [fileURLToPath(new URL("../dist/chat-sweep.js", import.meta.url))],
    "parsing in the handler": [parsing],
    "the same, clock kept": [parsing, { CLOCK: "kept" }],
  };
  console.log(`${execFileSync(k6, ["version"])}`.split("\n")[0]);
  console.log(
    `events per CPU second, median and range of ${values.rounds} rounds; ${values.vus} users, ${EVENTS_PER_ANSWER} events an answer, one core for k6`,
  );
  const names = Object.keys(scripts);
  const rates = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const [script, more] = scripts[name];
      rates[name].push(eventsPerCpuSecond(k6, script, `http://127.0.0.1:${port}`, more));
    }
  }
  server.kill();
  const [profile] = names;
  for (const name of names) {
    const ratios = rates[name].map((rate, round) => rates[profile][round] / rate);
    const times = name === profile ? "" : `; the profile ${range(ratios, 1, 2)} times as many`;
    console.log(`${name.padEnd(24)} ${range(rates[name], 1000, 1)} k${times}`);
  }
}

function range(samples, unit, digits) {
  const { median, min, max } = spread(samples);
  const show = (value) => (value / unit).toFixed(digits);
  return `${show(median)} (${show(min)} to ${show(max)})`;
}

function eventsPerCpuSecond(k6, script, baseUrl, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const settings = {
    BASE_URL: baseUrl,
    VUS: values.vus,
    DURATION: `${values.seconds}s`,
    SLA: "none",
    RECORDS: "console",
    SUMMARY_FILE: join(folder, "summary.json"),
    ...more,
  };
  const args = ["run", "--quiet", "--address", "127.0.0.1:0", "--log-format", "raw"];
  args.push("--console-output", join(folder, "console"));
  for (const [name, value] of Object.entries(settings)) args.push("-e", `${name}=${value}`);
  const pinned = process.platform === "linux" ? ["taskset", "-c", "0", k6] : [k6];
  const timed = [
    "-c",
    'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1',
    "bench",
    ...pinned,
    ...args,
    script,
  ];
  const { stderr } = spawnSync("bash", timed, { encoding: "utf8" });
  const [user, system] = stderr.trim().split(" ").map(Number);
  const { metrics } = JSON.parse(readFileSync(settings.SUMMARY_FILE, "utf8"));
  rmSync(folder, { recursive: true });
  return metrics.sse_event.values.count / (user + system);
}

function onCore(core, pid) {
  if (process.platform === "linux") execFileSync("taskset", ["-a", "-cp", `${core}`, `${pid}`]);
}
