import type { Interval } from "../lib/core/interval.ts";
import type { TradeoffReport } from "../records/report.ts";
import { asPerplexityShare, isClear, signedShare, significant, supported } from "./format.ts";
import { type Candidate, type Choice, speedGain } from "./recommend.ts";

type Figure = TradeoffReport["figures"][number];

/** The three figures beside the answer: quality kept, speed gained, cost. Absent is a dash with its reason. */
export function headlineFigures(
  choice: Choice | undefined,
  /** The base at the chosen level. */
  base: Candidate | undefined,
  cost: { readonly perMillionTokens: number | null; readonly currency: string | null },
): Figure[] {
  const against = base === undefined ? "against the base" : `against ${nameOf(base)}`;
  return [
    qualityKept(`perplexity ${against}`, choice?.chosen),
    speedGained(`output speed ${against}`, choice?.chosen, base),
    money(choice, cost),
  ];
}

function qualityKept(label: string, chosen: Candidate | undefined): Figure {
  if (chosen === undefined) return absent(label, "nothing is recommended");
  if (chosen.perplexity === undefined) return absent(label, "quality was not measured");
  if (chosen.isBase) {
    const note = `it is the base; perplexity ${significant(chosen.perplexity)}`;
    return { label, value: "0 %", note };
  }
  if (chosen.delta === undefined) return absent(label, "not comparable with the base's");
  const tokens = chosen.nlls?.length.toLocaleString("en") ?? "?";
  return difference(label, asPerplexityShare(chosen.delta), `n = ${tokens} paired tokens`);
}

function speedGained(
  label: string,
  chosen: Candidate | undefined,
  base: Candidate | undefined,
): Figure {
  if (chosen === undefined) return absent(label, "nothing is recommended");
  if (chosen.isBase) {
    const speed = chosen.cell.figures.outputTokensPerSecond;
    const note = `it is the base${speed === null ? "" : `; ${supported(speed)} tok/s`}`;
    return { label, value: "0 %", note };
  }
  const gain = base === undefined ? undefined : speedGain(chosen, base);
  if (gain === undefined) return absent(label, "the base was not loaded at this level");
  const { requests, repeats } = chosen.cell.figures;
  return difference(label, gain, `n = ${requests} requests in ${repeats} runs`);
}

/** What can't be told from zero says so before its figure. */
function difference(label: string, share: Interval, n: string): Figure {
  const { value, range } = signedShare(share);
  return isClear(share)
    ? { label, value, note: `95 %: ${range}; ${n}` }
    : { label, value: "not separable", note: `${value} (95 %: ${range}); ${n}` };
}

function money(
  choice: Choice | undefined,
  { perMillionTokens, currency }: { perMillionTokens: number | null; currency: string | null },
): Figure {
  const label = "cost of a million output tokens";
  if (choice === undefined) return absent(label, "nothing is recommended");
  if (perMillionTokens === null || currency === null) {
    return absent(label, "no price is known: give --prices");
  }
  const note = "at the measured load, not at a peak";
  return { label, value: `${significant(perMillionTokens)} ${currency}`, note };
}

function absent(label: string, reason: string): Figure {
  return { label, value: "–", note: reason };
}

function nameOf(candidate: Candidate): string {
  return candidate.cell.figures.variant;
}
