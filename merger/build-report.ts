import { basename } from "node:path";
import { decodeNlls } from "../records/nll-series.ts";
import type { PricesFile } from "../records/prices.ts";
import type { QualityFile } from "../records/quality.ts";
import type { ReportCell, ReportPoint, ReportQuality, TradeoffReport } from "../records/report.ts";
import { assessHealth } from "./assess-health.ts";
import { chooseBase } from "./choose-base.ts";
import { compareQuality } from "./compare-quality.ts";
import {
  describeDistributions,
  describeFailures,
  describeMethod,
  describeRun,
} from "./describe-runs.ts";
import { describeTimeline } from "./describe-timeline.ts";
import { onFrontier } from "./find-frontier.ts";
import { findKnee } from "./find-knee.ts";
import { asPerplexityShare } from "./format.ts";
import { headlineFigures } from "./headline-figures.ts";
import { joinVariants, type Variant } from "./join-variants.ts";
import { whyItDoesNotHold } from "./judge-cell.ts";
import { type MeasuredCell, measureCell } from "./measure-cell.ts";
import { costPerMillionTokens, pricePerHour } from "./price-of.ts";
import type { LoadedRun, UnusableRun } from "./read-runs.ts";
import { type Candidate, recommend, termsOf } from "./recommend.ts";
import { wordAnswer } from "./word-answer.ts";
import { wordSensitivity } from "./word-sensitivity.ts";

export interface ReportInputs {
  readonly title: string;
  readonly runs: readonly LoadedRun[];
  readonly unusable: readonly UnusableRun[];
  readonly qualities: readonly QualityFile[];
  readonly prices: PricesFile | null;
}

export interface ReportOptions {
  /** Variant to compare quality with; absent: the most precise. */
  readonly base: string | undefined;
  readonly goodRateMin: number;
  readonly qualityTolerance: number;
  readonly now: Date;
}

/** Everything that the report shows, from what was measured: the views only show it. */
export function buildReport(inputs: ReportInputs, options: ReportOptions): TradeoffReport {
  const { runs, prices } = inputs;
  const base = chooseBase(inputs.qualities, options.base);
  const variants = joinVariants(runs, inputs.qualities);
  const compared = new Map(
    variants.flatMap(({ name, quality }) =>
      quality === undefined ? [] : [[name, compareQuality(quality, base)] as const],
    ),
  );
  const measured = variants.flatMap((variant) =>
    measureVariant(variant, compared.get(variant.name)),
  );
  const health = assessHealth(runs, inputs.unusable);
  const candidates = measured.map((of) => candidateOf(of, base, prices, options.goodRateMin));
  const choice = recommend(candidates, termsOf(candidates, options.qualityTolerance));
  const level = choice?.level ?? highestLevel(measured);
  const rule = ruleOf(runs, options);
  const context = { candidates, choice, rule, base: base?.variant ?? null };
  const cells = measured.map(({ variant, cell }) => reportCell(variant, cell, options, prices));
  const chosenCell = cells.find(
    (cell) => cell.variant === choice?.chosen.cell.figures.variant && cell.level === level,
  );
  return {
    kind: "report",
    version: 1,
    createdAt: options.now.toISOString(),
    title: inputs.title,
    answer: qualified(wordAnswer(context), health.verdict),
    figures: headlineFigures(
      choice,
      candidates.find((c) => c.isBase && c.cell.figures.level === level),
      {
        perMillionTokens: chosenCell?.costPerMillionTokens ?? null,
        currency: prices?.currency ?? null,
      },
    ),
    whatWouldChange: wordSensitivity(context),
    health: {
      ...health,
      warnings: [
        ...health.warnings,
        ...variants.flatMap((v) => v.warnings),
        ...leftOut(variants, compared, base),
      ],
    },
    rule,
    base: base?.variant ?? null,
    variants: variants.map(({ name, labels, quality }) => ({
      name,
      labels: { ...labels },
      modelBytes: quality?.modelBytes ?? null,
    })),
    level,
    points: pointsAt(candidates, level, choice?.chosen),
    cells,
    knees: kneesOf(variants, cells),
    qualities: [...compared.values()],
    qualityProtocol: base === undefined ? null : protocolOf(base),
    distributions: describeDistributions(new Map(variants.map((v) => [v.name, v.runs])), level),
    timelines: runs.map(describeTimeline),
    failures: describeFailures(runs),
    runs: runs.map(describeRun),
    method: describeMethod(runs),
    currency: prices?.currency ?? null,
  };
}

/** Variants that were loaded and can't be recommended, since nobody knows what they lose. */
function leftOut(
  variants: readonly Variant[],
  compared: ReadonlyMap<string, ReportQuality>,
  base: QualityFile | undefined,
): string[] {
  if (base === undefined) return [];
  return variants.flatMap(({ name, runs }) => {
    if (runs.length === 0) return [];
    const quality = compared.get(name);
    if (quality === undefined) {
      return [`${name} is no candidate: its quality was not measured, and others' was`];
    }
    return quality.notComparable === null
      ? []
      : [`${name} is no candidate: not comparable with ${base.variant} (${quality.notComparable})`];
  });
}

/** An answer from runs that are not valid is said to be one. */
function qualified(
  answer: TradeoffReport["answer"],
  health: TradeoffReport["health"]["verdict"],
): TradeoffReport["answer"] {
  if (health === "valid" || answer.variant === null) return answer;
  return { ...answer, sentence: `Provisional, from ${health} runs: ${answer.sentence}` };
}

/** One variant at one level, with what is the same at each of its levels. */
interface MeasuredVariant {
  readonly variant: Variant;
  readonly compared: ReportQuality | undefined;
  /** Per token, where they can be paired with the base's. */
  readonly nlls: Float32Array | undefined;
  readonly cell: MeasuredCell;
}

function measureVariant(variant: Variant, compared: ReportQuality | undefined): MeasuredVariant[] {
  const { quality } = variant;
  const nlls =
    quality === undefined || compared?.notComparable !== null ? undefined : decodeNlls(quality);
  const levels = new Set(
    variant.runs.flatMap((run) =>
      run.plan.windows.filter((w) => w.phase === "steady").map((window) => window.level),
    ),
  );
  return [...levels]
    .toSorted((a, b) => (a ?? 0) - (b ?? 0))
    .map((level) => {
      const runs = variant.runs.filter((run) =>
        run.plan.windows.some((w) => w.phase === "steady" && w.level === level),
      );
      return { variant, compared, nlls, cell: measureCell(variant.name, level, runs) };
    });
}

function candidateOf(
  { variant: { quality, labels }, compared, nlls, cell }: MeasuredVariant,
  base: QualityFile | undefined,
  prices: PricesFile | null,
  goodRateMin: number,
): Candidate {
  return {
    cell,
    holds:
      whyItDoesNotHold(cell.figures, cell.figures.goodRate?.value ?? null, goodRateMin) === null,
    delta: compared?.deltaLogPerplexity ?? undefined,
    isBase: quality !== undefined && quality.variant === base?.variant,
    perplexity: quality?.perplexity,
    nlls,
    modelBytes: quality?.modelBytes,
    perHour: pricePerHour(prices, labels),
  };
}

function reportCell(
  variant: Variant,
  { figures }: MeasuredCell,
  options: ReportOptions,
  prices: PricesFile | null,
): ReportCell {
  const whyNot = whyItDoesNotHold(figures, figures.goodRate?.value ?? null, options.goodRateMin);
  return {
    ...figures,
    holds: whyNot === null,
    whyNot,
    costPerMillionTokens: costPerMillionTokens(
      pricePerHour(prices, variant.labels),
      figures.outputTokensPerSecond?.value,
    ),
  };
}

/** The picture's points: the base's own interval is zero, since the others' are of their difference from it. */
function pointsAt(
  candidates: readonly Candidate[],
  level: number | null,
  chosen: Candidate | undefined,
): ReportPoint[] {
  const base = candidates.find((candidate) => candidate.isBase)?.perplexity;
  const drawn = candidates.flatMap((candidate) => {
    const { figures } = candidate.cell;
    const speed = figures.outputTokensPerSecond;
    if (figures.level !== level || speed === null || candidate.perplexity === undefined) return [];
    return [{ candidate, speed, perplexity: perplexityInterval(candidate, base) }];
  });
  const frontier = onFrontier(
    drawn.map(({ speed, perplexity }) => ({ speed: speed.value, perplexity: perplexity.value })),
  );
  return drawn.map(({ candidate, speed, perplexity }, i) => ({
    variant: candidate.cell.figures.variant,
    outputTokensPerSecond: speed,
    perplexity,
    onFrontier: frontier[i] ?? false,
    recommended: candidate === chosen,
    holds: candidate.holds,
  }));
}

function perplexityInterval(candidate: Candidate, base: number | undefined) {
  const value = candidate.perplexity ?? Number.NaN;
  if (candidate.delta === undefined || base === undefined)
    return { value, low: value, high: value };
  const share = asPerplexityShare(candidate.delta);
  return { value, low: base * (1 + share.low), high: base * (1 + share.high) };
}

function kneesOf(variants: readonly Variant[], cells: readonly ReportCell[]) {
  const knees: Record<string, number> = {};
  for (const { name } of variants) {
    const knee = findKnee(
      cells.flatMap((cell) =>
        cell.variant === name &&
        cell.level !== null &&
        cell.e2eMs.p50 !== null &&
        cell.outputTokensPerSecond !== null
          ? [
              {
                level: cell.level,
                throughput: cell.outputTokensPerSecond.value,
                latencyMs: cell.e2eMs.p50.value,
              },
            ]
          : [],
      ),
    );
    if (knee !== undefined) knees[name] = knee;
  }
  return knees;
}

function ruleOf(runs: readonly LoadedRun[], options: ReportOptions): TradeoffReport["rule"] {
  const { ttftMs, itlMs, e2eMs } = runs[0]?.slo ?? {};
  return {
    goodRateMin: options.goodRateMin,
    qualityTolerance: options.qualityTolerance,
    slo: {
      ...(ttftMs === undefined ? {} : { ttftMs }),
      ...(itlMs === undefined ? {} : { itlMs }),
      ...(e2eMs === undefined ? {} : { e2eMs }),
    },
    slaName: runs[0]?.header.slaName ?? null,
  };
}

function highestLevel(measured: readonly MeasuredVariant[]): number | null {
  return measured.reduce<number | null>((highest, { cell }) => {
    const { level } = cell.figures;
    return level === null ? highest : Math.max(highest ?? 0, level);
  }, null);
}

function protocolOf(base: QualityFile): string {
  const { protocol, windowTokens, strideTokens, bos, scoredTokens, text } = base;
  const tokens = scoredTokens.toLocaleString("en");
  return `${protocol}, window ${windowTokens}, stride ${strideTokens}, ${bos ? "BOS first" : "no BOS"}, ${tokens} tokens scored of ${basename(text.file)} (${text.digest.slice(0, 19)})`;
}
