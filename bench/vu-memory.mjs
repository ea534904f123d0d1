// Memory that a script costs k6 for each user: what the process keeps after a garbage collection with 501 users and with 1,
// before the load starts (set-up asks a server that never answers). By the heap's own figure, so that a busy machine
// changes little. The resident size is about twice that: Go's collector lets garbage grow to as much as what is kept.
// With --probes, scripts that show what costs: none, 1,000 functions, and as many that are never made.
//   K6_BIN=/path/to/k6 node bench/vu-memory.mjs [--rounds 3] [--probes] [profile | path of a script ...]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "./support/embedded-run.mjs";
import { k6Version } from "./support/k6-run.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    probes: { type: "boolean", default: false },
  },
});
const MORE_USERS = 500;
const SETTLED = 0.002;
const MOST_READINGS = 60;
const k6 = process.env.K6_BIN ?? "k6";
const folder = mkdtempSync(join(tmpdir(), "vu-memory-"));
const profiles = positionals.length > 0 || values.probes ? positionals : ["chat-50vu"];
const scripts = [...(values.probes ? writeProbes() : []), ...profiles];

const silent = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => silent.once("listening", resolve));
console.log(`${machine()}, ${k6Version(k6)}`);
for (const script of scripts) {
  const file = /\.[jt]s$/.test(script)
    ? script
    : fileURLToPath(new URL(`../dist/${script}.js`, import.meta.url));
  const perUser = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const [one, more] = [await keptBytes(file, 1), await keptBytes(file, 1 + MORE_USERS)];
    perUser.push((more - one) / MORE_USERS);
  }
  perUser.sort((a, b) => a - b);
  const shown = perUser.map((bytes) => `${Math.round(bytes / 1000)} kB`);
  console.log(`${basename(script)} (${statSync(file).size} bytes): ${shown.join(", ")} a user`);
}
silent.close();
rmSync(folder, { recursive: true });

/** @returns paths of the scripts */
function writeProbes() {
  const functions = Array.from(
    { length: 1_000 },
    (_, i) => `function f${i}(a) { let b = a.c + ${i}; return b > 0 ? "a${i}" : "b"; }\n`,
  ).join("");
  const rest = `
    import { sleep } from "k6";
    export const options = { vus: Number(__ENV.VUS), duration: "1s" };
    export function setup() { sleep(60); }
    export default function () {}`;
  const probes = {
    "nothing.js": rest,
    "1000-functions.js": functions + rest,
    "1000-functions-never-made.js": `function all() { ${functions} return f0; }${rest}`,
  };
  return Object.entries(probes).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}

/** What k6's heap holds once that many users are made. */
async function keptBytes(file, users) {
  const api = await freePort();
  const settings = {
    VUS: users,
    DURATION: "10m",
    BASE_URL: urlOf(silent.address().port),
    MODEL: "m",
  };
  const child = spawn(
    k6,
    [
      ...["run", "--quiet", "--profiling-enabled", "--address", `127.0.0.1:${api}`],
      ...Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      file,
    ],
    { stdio: "ignore" },
  );
  let ended = false;
  const end = new Promise((resolve) => child.once("close", resolve)).then(() => {
    ended = true;
  });
  let kept = 0;
  for (let reading = 0; reading < MOST_READINGS && !ended; reading++) {
    await sleep(500);
    const bytes = await heapBytes(api);
    if (bytes === undefined) continue;
    const settled = Math.abs(bytes - kept) <= SETTLED * kept;
    kept = bytes;
    if (settled) break;
  }
  if (ended) throw new Error(`k6 ended before its users were made; run it by hand: ${file}`);
  child.kill("SIGKILL");
  await end;
  return kept;
}

/** `undefined` as long as k6's own server is not there. */
async function heapBytes(port) {
  try {
    const profile = await (await fetch(`${urlOf(port)}/debug/pprof/heap?gc=1&debug=1`)).text();
    const bytes = /# HeapAlloc = (\d+)/.exec(profile)?.[1];
    return bytes === undefined ? undefined : Number(bytes);
  } catch {
    return undefined;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function urlOf(port) {
  return `http://127.0.0.1:${port}`;
}
