import os from "node:os";

/** The page of what each engine made of each situation. */
export function renderParity(situations, engines, all) {
  const [cpu] = os.cpus();
  return `# The embedded engine beside real k6

Written by \`node test/parity/parity-table.mjs\` on ${os.cpus().length} x ${cpu.model.trim()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}.
The profile \`chat-50vu\` with \`VUS=8 DURATION=5s\` on each engine against one scripted server: 16 tokens, the first after
40 ms, then one each 10 ms. In a closed loop the number of requests depends on the last milliseconds of each run, so
counts differ by a few from run to run on one engine too; the rest is equal where nothing is said. Small scripts with one
expectation for all engines are in \`test/support/engine-cases.ts\`; that table is run by the tests.

One difference is k6's own race: when the run is interrupted, xk6-sse may tell the script that a stream has ended before
the script is stopped, and a request or two are now and then recorded as truncated. The embedded engine stops the script first: such
requests leave no record and count as interrupted.

## How runs end

Outcomes of the recorded requests; "seen" is what the server saw, where that is another number.

| situation | exit | ${engines.map(({ name }) => name).join(" | ")} | thresholds breached |
| --- | --- |${engines.map(() => " --- |").join("")} --- |
${situations.map((name) => endRow(name, all)).join("\n")}

## What the records and the log say

One text where all engines say the same, else each engine's own.

${situations.map((name) => wordsOf(name, all)).join("\n")}

## Metrics in the summary

${situations.map((name) => metricsOf(name, all)).join("\n")}

## Latency

All well, steady phase, ms at p50 / p95.

| engine | TTFT | ITL | E2E |
| --- | --- | --- | --- |
${all
  .filter(({ situation }) => situation === "all well")
  .map(latencyRow)
  .join("\n")}
`;
}

function endRow(name, all) {
  const some = all.filter(({ situation }) => situation === name);
  const cells = some.map(({ outcomes, seen, recorded }) => {
    const told = Object.entries(outcomes).map(([outcome, n]) => `${outcome} ${n}`);
    return [...told, ...(seen === recorded ? [] : [`(seen ${seen})`])].join(", ") || "-";
  });
  const exit = agreement(some, ({ code }) => String(code));
  const breached = agreement(some, ({ metrics }) => quoted(breaches(metrics)));
  return `| ${[name, exit, ...cells, breached].join(" | ")} |`;
}

function breaches(metrics) {
  return Object.entries(metrics)
    .flatMap(([name, { thresholds }]) =>
      Object.entries(thresholds ?? {})
        .filter(([, { ok }]) => !ok)
        .map(([source]) => `${name}: ${source}`),
    )
    .sort();
}

/** One text where all engines agree, else each engine's own. */
function agreement(some, read) {
  const [first, ...others] = some.map(read);
  if (others.every((text) => text === first)) return first;
  return some.map((row) => `${row.engine}: ${read(row)}`).join("; ");
}

function wordsOf(name, all) {
  const some = all.filter(({ situation }) => situation === name);
  const details = agreement(some, (row) => quoted(row.details));
  const log = agreement(some, ({ log: text }) =>
    quoted(text.split("\n").filter((line) => line !== "" && !line.startsWith("\t"))),
  );
  return `- ${name}\n  - details of requests: ${details}\n  - log: ${log}`;
}

function quoted(texts) {
  return texts.length === 0 ? "-" : texts.map((text) => `\`${text}\``).join(", ");
}

function metricsOf(name, all) {
  const some = all.filter(({ situation }) => situation === name);
  const every = new Set(some.flatMap(({ metrics }) => Object.keys(metrics)));
  const differing = [...every].filter((metric) => some.some(({ metrics }) => !(metric in metrics)));
  const shapes = [...every]
    .filter((metric) => !differing.includes(metric))
    .filter((metric) => {
      const shape = ({ metrics }) => {
        const { type, contains, values, thresholds } = metrics[metric];
        const keys = [Object.keys(values), Object.keys(thresholds ?? {})].map((k) => k.sort());
        return JSON.stringify([type, contains, keys]);
      };
      return new Set(some.map(shape)).size > 1;
    });
  const absent = some.map(
    ({ engine, metrics }) =>
      `not on ${engine}: ${differing.filter((metric) => !(metric in metrics)).join(", ") || "none"}`,
  );
  const names = differing.length === 0 ? `${every.size} names, the same on all` : absent.join("; ");
  return `- ${name}: ${names}${shapes.length === 0 ? "" : `; other values or thresholds: ${shapes.join(", ")}`}`;
}

function latencyRow({ engine, metrics }) {
  const cell = (metric) => {
    const { values } = metrics[`${metric}{phase:steady}`];
    return `${values["p(50)"].toFixed(1)} / ${values["p(95)"].toFixed(1)}`;
  };
  return `| ${engine} | ${cell("llm_ttft")} | ${cell("llm_itl")} | ${cell("llm_e2e_latency")} |`;
}
