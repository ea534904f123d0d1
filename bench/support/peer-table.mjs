// The tables of bench/peers.mjs and bench/peer-faults.mjs, and their places in docs/peers.md.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { spread } from "./embedded-run.mjs";

const DOCUMENT = fileURLToPath(new URL("../../docs/peers.md", import.meta.url));
const END = "<!-- end of figures -->";

/** Milliseconds show their error as a difference, rates theirs in percent. */
const COLUMNS = [
  { head: "TTFT p50", of: ({ ttftMs }) => ttftMs.p50 },
  { head: "TTFT p95", of: ({ ttftMs }) => ttftMs.p95 },
  { head: "ITL p50", of: ({ itlMs }) => itlMs.p50, places: 3 },
  { head: "ITL p95", of: ({ itlMs }) => itlMs.p95, places: 3 },
  { head: "gap p99", of: ({ gapP99Ms }) => gapP99Ms },
  { head: "E2E p50", of: ({ e2eP50Ms }) => e2eP50Ms },
  { head: "tok/s", of: ({ tokensPerSecond }) => tokensPerSecond, isRate: true },
];

/** @param rows figures and truths of each client at each number of streams, one a round */
export function timesTable(rows) {
  const heads = [
    ...["streams", "load generator", "requests", ...COLUMNS.map(({ head }) => head)],
    "server late, p99",
  ];
  const lines = rows.map(({ streams, client, each }) => [String(streams), client, ...cells(each)]);
  return markdown(heads, lines);
}

/** @param rows of each fault what each client counted; `null`: it did not finish */
export function faultsTable(titles, rows) {
  const lines = rows.map(({ fault, cells }) => [
    `\`${fault}\``,
    ...cells.map((cell) => (cell === null ? "did not finish" : `${cell.failed} of ${cell.broken}`)),
  ]);
  return markdown(["broken how", ...titles], lines);
}

function markdown(heads, lines) {
  return [heads, heads.map(() => "---"), ...lines]
    .map((line) => `| ${line.join(" | ")} |\n`)
    .join("");
}

function cells(each) {
  if (each.length === 0) return ["did not finish", ...COLUMNS.map(() => "–"), "–"];
  return [
    spread(each.map(({ figures }) => figures.requests)).median.toLocaleString("en"),
    ...COLUMNS.map((column) => cell(column, each)),
    spread(each.map(({ truth }) => truth.lateP99Ms)).median.toFixed(2),
  ];
}

/** What it reports, and how far that is from the truth: the median round, and the range of the rounds. */
function cell({ of, places = 2, isRate = false }, each) {
  const pairs = each.map(({ figures, truth }) => ({ said: of(figures), is: of(truth) }));
  if (pairs.some(({ said }) => said === null)) return "–";
  const errors = pairs.map(({ said, is }) => (isRate ? (said / is - 1) * 100 : said - is));
  const signed = (error) => `${error < 0 ? "−" : "+"}${Math.abs(error).toFixed(places)}`;
  const { median, min, max } = spread(errors);
  const said = spread(pairs.map((pair) => pair.said)).median;
  const unit = isRate ? " %" : "";
  return `${said.toFixed(isRate ? 0 : places)}: **${signed(median)}${unit}** (${signed(min)} to ${signed(max)})`;
}

/** Puts lines between the two marks of a bench in the document. */
export function writeFigures(bench, lines) {
  const begin = `<!-- figures of ${bench} -->`;
  const [before, rest] = readFileSync(DOCUMENT, "utf8").split(begin);
  const [, ...after] = rest?.split(END) ?? [];
  if (after.length === 0) throw new Error(`${DOCUMENT}: no place for the figures of ${bench}`);
  writeFileSync(DOCUMENT, `${before}${begin}\n\n${lines.join("\n")}\n${END}${after.join(END)}`);
}
