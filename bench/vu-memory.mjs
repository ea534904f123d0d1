// Memory that a bundle costs k6 for each user: peak of the process with 1,000 users and with 1, set-up alone (nobody listens,
// so the test ends before its load), Linux only.
//   K6_BIN=/path/to/k6 node bench/vu-memory.mjs [--rounds 3] [profile ...]
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" } },
});
const USERS = 1_000;
const SAMPLE_MS = 20;
const profiles = positionals.length > 0 ? positionals : ["chat-50vu", "mixed-traffic"];

for (const profile of profiles) {
  const file = fileURLToPath(new URL(`../dist/${profile}.js`, import.meta.url));
  const perUser = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const [one, many] = [await peakBytes(file, 1), await peakBytes(file, USERS)];
    perUser.push((many - one) / (USERS - 1));
  }
  perUser.sort((a, b) => a - b);
  const shown = perUser.map((bytes) => `${Math.round(bytes / 1000)} kB`);
  console.log(`${profile} (${statSync(file).size} bytes): ${shown.join(", ")} a user`);
}

/** Highest resident size of a k6 with that many users, bytes. */
async function peakBytes(file, users) {
  const settings = [`VUS=${users}`, `RATE=${users}`, "DURATION=10s", "BASE_URL=http://127.0.0.1:9"];
  const known = /sweep|vu|soak|offline|agent|multiturn/.test(file)
    ? settings.filter((s) => !s.startsWith("RATE"))
    : settings;
  const child = spawn(
    process.env.K6_BIN ?? "k6",
    ["run", "--quiet", ...known.flatMap((s) => ["-e", s]), file],
    { stdio: "ignore" },
  );
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const kB = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      peak = Math.max(peak, Number(kB ?? 0) * 1024);
    } catch {
      // Between its end and our hearing of it.
    }
  }, SAMPLE_MS);
  await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  return peak;
}
