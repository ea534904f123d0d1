// Writes the figures of bench/client-error.mjs into docs/client-error.md, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DOCUMENT = fileURLToPath(new URL("../../docs/client-error.md", import.meta.url));
const BEGIN = "<!-- figures of bench/client-error.mjs -->";
const END = "<!-- end of figures -->";
/** A server that is later than this with one token in a hundred can't tell what the client does. */
const LATE_MS = 1;
const QUANTILES = ["p50", "p95", "p99", "max"];

export function writeTable(rows, about) {
  const text = readFileSync(DOCUMENT, "utf8");
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCUMENT}: no place for the figures`);
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${render(rows, about)}\n${END}${after}`);
}

function render(rows, { about, command, rounds, ttftMs }) {
  const marked = rows.some(isLate)
    ? "† the server itself was late: its p99 (p95 where samples are few) is over 1 ms.\n"
    : "";
  return [
    `Milliseconds: the median of ${rounds} rounds, and their range in parentheses. First token after ${ttftMs} ms; ${about}.`,
    `Made by \`${command} --write\`.`,
    "",
    "### Error of every gap between tokens (absolute)",
    "",
    table(rows, "gap", "gaps"),
    "### Error of the time to first token (signed; includes connecting)",
    "",
    table(rows, "ttft", "requests"),
    marked,
  ].join("\n");
}

function table(rows, samples, unit) {
  const head = ["streams", "client", unit, ...QUANTILES, "server late, p99"];
  const lines = rows.map((row) => [
    `${row.streams} x ${row.gapMs} ms`,
    `${row.client}${isLate(row) ? " †" : ""}`,
    row[samples].count.toLocaleString("en"),
    ...QUANTILES.map((name) => shown(row[samples][name])),
    row.late.p99 === null ? `p95: ${shown(row.late.p95)}` : shown(row.late.p99),
  ]);
  return [head, head.map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}

function isLate({ late }) {
  return ((late.p99 ?? late.p95 ?? late.max)?.median ?? 0) > LATE_MS;
}

export function shown(figure) {
  if (figure === null) return "too few";
  const { median, min, max } = figure;
  return `${digits(median)} (${digits(min)} to ${digits(max)})`;
}

/** Three significant digits, at most to the microsecond. */
function digits(ms) {
  const places = Math.abs(ms) >= 100 ? 0 : Math.abs(ms) >= 10 ? 1 : Math.abs(ms) >= 1 ? 2 : 3;
  return ms.toFixed(places);
}
