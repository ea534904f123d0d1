import type { TradeoffReport } from "../records/report.ts";
import { asPerplexityShare, signedPercent, signedPercentRange, significant } from "./format.ts";
import { type Candidate, type Choice, speedGain, speedOf } from "./recommend.ts";

/** The three figures beside the answer: quality kept, speed gained, cost. Absent is a dash with its reason. */
export function headlineFigures(
  choice: Choice | undefined,
  base: Candidate | undefined,
  cost: { readonly perMillionTokens: number | null; readonly currency: string | null },
): TradeoffReport["figures"] {
  return [quality(choice, base), speed(choice, base), money(choice, cost)];
}

function quality(choice: Choice | undefined, base: Candidate | undefined) {
  const label = "perplexity against the base";
  const chosen = choice?.chosen;
  if (chosen === undefined) return absent(label, "nothing is recommended");
  if (chosen.perplexity === undefined) return absent(label, "quality not measured");
  if (chosen.isBase) {
    return {
      label,
      value: "0 %",
      note: `it is the base; perplexity ${significant(chosen.perplexity)}`,
    };
  }
  if (chosen.delta === undefined) return absent(label, "not comparable with the base");
  const share = asPerplexityShare(chosen.delta);
  const tokens = chosen.nlls?.length.toLocaleString("en") ?? "?";
  return {
    label,
    value: signedPercent(share.value),
    note: `95 %: ${signedPercentRange(share)}, ${tokens} paired tokens, base ${base?.cell.figures.variant ?? "unknown"}`,
  };
}

function speed(choice: Choice | undefined, base: Candidate | undefined) {
  const label = "output speed against the base";
  const chosen = choice?.chosen;
  if (chosen === undefined) return absent(label, "nothing is recommended");
  if (chosen.isBase) {
    return { label, value: "0 %", note: `it is the base; ${significant(speedOf(chosen))} tok/s` };
  }
  const gain = base === undefined ? undefined : speedGain(chosen, base);
  if (gain === undefined) return absent(label, "the base was not loaded at this level");
  return {
    label,
    value: signedPercent(gain.value),
    note: `95 %: ${signedPercentRange(gain)}, ${chosen.cell.figures.requests} requests`,
  };
}

function money(
  choice: Choice | undefined,
  { perMillionTokens, currency }: { perMillionTokens: number | null; currency: string | null },
) {
  const label = "cost of a million output tokens";
  if (choice === undefined) return absent(label, "nothing is recommended");
  if (perMillionTokens === null || currency === null) {
    return absent(label, "no price is known: give --prices");
  }
  return {
    label,
    value: `${significant(perMillionTokens)} ${currency}`,
    note: "at the measured load, not at a peak",
  };
}

function absent(label: string, reason: string): TradeoffReport["figures"][number] {
  return { label, value: "–", note: reason };
}
