import { printableLine } from "../lib/core/printable.ts";
import type { DatasetDescription } from "./describe-dataset.ts";
import type { TraceDescription } from "./describe-trace.ts";
import type { LengthSummary } from "./length-summary.ts";

const BINS = 12;
const BAR = 48;

/** A description for the terminal, in 100 columns. */
export function renderDescription(described: DatasetDescription): string {
  const { file, items, rows, bytes, duplicates, withTools, withReference, sha256 } = described;
  const unit = described.inputBy === "words" ? "words" : "tokens";
  const by = {
    tokenizer: "counted with the tokenizer given",
    inputTokens: "as the file's inputTokens have it",
    words: "give --tokenizer for tokens",
  }[described.inputBy];
  const notes = [
    `${duplicates} repeat the texts of a row before`,
    ...(withTools > 0 ? [`${withTools} with tools`] : []),
    ...(withReference > 0 ? [`${withReference} with a reference`] : []),
  ];
  return [
    `${file}: ${rows} ${items}, ${bytes} bytes`,
    `  ${notes.join(", ")}`,
    `  ${sha256}`,
    ...provenance(described),
    "",
    ...lengths(`Input, ${unit} a row (${by})`, described.input),
    ...(described.turns === null ? [] : lengths("Turns a conversation", described.turns)),
    ...(described.output === null
      ? ["Output: no row says how long an answer to ask for"]
      : lengths("Output to ask for, tokens an answer", described.output)),
  ].join("\n");
}

/** A trace for the terminal, in 100 columns. */
export function renderTrace(described: TraceDescription): string {
  const { file, format, rows, skipped, bytes, sha256, requestsPerSecond, gapVariation } = described;
  const rate = requestsPerSecond === null ? "" : `, ${round(requestsPerSecond)} a second`;
  const variation =
    gapVariation === null
      ? ""
      : `, gaps vary by ${gapVariation.toFixed(2)} of their mean (Poisson: 1)`;
  return [
    `${file}: ${rows} requests (${format}), ${bytes} bytes`,
    `  over ${round(described.durationMs / 1000)} s${rate}${variation}`,
    `  ${skipped} rows without input or output tokens, not replayed`,
    `  ${sha256}`,
    "",
    ...lengths("Input, tokens a request", described.input),
    ...lengths("Output, tokens a request", described.output),
  ].join("\n");
}

function provenance({ meta, metaIsOfThisFile }: DatasetDescription): string[] {
  if (meta === null) return ["  licence: not known (no .meta.json beside the file)"];
  const tokenizer = meta.tokenizer === null ? "" : `, tokenizer ${meta.tokenizer.digest}`;
  return [
    printableLine(`  licence: ${meta.license ?? "not said"}`),
    printableLine(
      `  from ${meta.source.path}, seed ${meta.seed}, lengths in ${meta.unit}${tokenizer}`,
    ),
    ...(metaIsOfThisFile ? [] : ["  the file was changed since its .meta.json was written"]),
  ];
}

function lengths(title: string, summary: LengthSummary): string[] {
  const { min, p50, p90, p99, max, mean, total } = summary;
  const figures = `min ${min}  p50 ${round(p50)}  p90 ${round(p90)}  p99 ${round(p99)}  max ${max}  mean ${round(mean)}  total ${total}`;
  return [title, `  ${figures}`, ...histogram(summary), ""];
}

/** Bins of equal width; a bar for each. */
function histogram({ values, min, max }: LengthSummary): string[] {
  if (min === max) return [];
  const width = Math.max(1, Math.ceil((max - min + 1) / BINS));
  const bins = Array.from({ length: Math.ceil((max - min + 1) / width) }, () => 0);
  for (const value of values) {
    const bin = Math.floor((value - min) / width);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const most = Math.max(...bins);
  const digits = String(max + width).length;
  return bins.map((count, bin) => {
    const from = min + bin * width;
    const range =
      width === 1
        ? pad(from, digits)
        : `${pad(from, digits)}-${pad(Math.min(max, from + width - 1), digits)}`;
    // Few are not none.
    const bar = count === 0 ? "" : "█".repeat(Math.max(1, Math.round((count / most) * BAR)));
    return `  ${range}  ${bar}${bar === "" ? "" : " "}${count}`;
  });
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
}
