import { basename } from "node:path";
import { decodeNlls } from "../records/nll-series.ts";
import type { PricesFile } from "../records/prices.ts";
import type { QualityFile } from "../records/quality.ts";
import type { ReportCell, ReportQuality, TradeoffReport } from "../records/report.ts";
import { assessHealth, isResult } from "./assess-health.ts";
import { chooseBase } from "./choose-base.ts";
import { compareQuality } from "./compare-quality.ts";
import {
  describeDistributions,
  describeFailures,
  describeMethod,
  describeRun,
} from "./describe-runs.ts";
import { describeStreams, loadsOf } from "./describe-streams.ts";
import { describeTimeline } from "./describe-timeline.ts";
import { kneesOf } from "./find-knee.ts";
import { listed } from "./format.ts";
import { headlineFigures } from "./headline-figures.ts";
import { joinVariants, type Variant } from "./join-variants.ts";
import { whyItDoesNotHold } from "./judge-cell.ts";
import { byLoad, isSameLoad, type Load, loadInWords } from "./load-in-words.ts";
import { type MeasuredCell, measureCell } from "./measure-cell.ts";
import { costPerMillionTokens, pricePerHour } from "./price-of.ts";
import { pointsAt } from "./quality-speed-points.ts";
import type { LoadedRun, UnusableRun } from "./read-runs.ts";
import { type Candidate, recommend, termsOf } from "./recommend.ts";
import { wordAnswer } from "./word-answer.ts";
import { wordFindings } from "./word-findings.ts";
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
  const loop = decidingLoop(measured);
  const candidates = measured
    .filter(({ cell }) => cell.figures.loop === loop)
    .map((of) => candidateOf(of, base, prices, options.goodRateMin));
  const choice = recommend(candidates, termsOf(candidates, options.qualityTolerance));
  const load = choice?.chosen.cell.figures ?? highestLoad(candidates, loop);
  const rule = ruleOf(runs, options);
  const context = { candidates, choice, rule, base: base?.variant ?? null };
  const cells = measured.map(({ variant, cell }) => reportCell(variant, cell, options, prices));
  const chosenCell = cells.find(
    (cell) => cell.variant === choice?.chosen.cell.figures.variant && isSameLoad(cell, load),
  );
  const qualities = [...compared.values()];
  const failures = describeFailures(runs);
  return {
    kind: "report",
    version: 1,
    createdAt: options.now.toISOString(),
    title: inputs.title,
    answer: qualified(wordAnswer(context), health.verdict),
    figures: headlineFigures(
      choice,
      candidates.find((c) => c.isBase && isSameLoad(c.cell.figures, load)),
      {
        perMillionTokens: chosenCell?.costPerMillionTokens ?? null,
        currency: prices?.currency ?? null,
      },
    ),
    whatWouldChange: wordSensitivity(context),
    findings: wordFindings({
      ...{ candidates, load, cells, rule, qualities, failures },
      chosen: choice?.chosen,
      health: health.verdict,
      base: base?.variant ?? null,
    }),
    health: {
      ...health,
      warnings: [
        ...health.warnings,
        ...variants.flatMap((v) => v.warnings),
        ...leftOut(variants, compared, base),
        ...otherLoads(measured, loop),
      ],
    },
    rule,
    base: base?.variant ?? null,
    variants: variants.map(({ name, labels, quality }) => ({
      name,
      labels: { ...labels },
      modelBytes: quality?.modelBytes ?? null,
    })),
    loop,
    level: load.level,
    points: pointsAt(candidates, load, choice?.chosen),
    cells,
    streams: describeStreams(new Map(variants.map((v) => [v.name, v.runs]))),
    knees: kneesOf(
      variants.map(({ name }) => name),
      cells,
      loop,
    ),
    qualities,
    qualityProtocol: base === undefined ? null : protocolOf(base),
    distributions: describeDistributions(new Map(variants.map((v) => [v.name, v.runs])), load),
    timelines: runs.map(describeTimeline),
    failures,
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
  if (isResult(health) || answer.variant === null) return answer;
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
  return loadsOf(variant.runs).map(({ loop, level }) => {
    const runs = variant.runs.filter(
      ({ plan }) =>
        plan.kind === loop && plan.windows.some((w) => w.phase === "steady" && w.level === level),
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

/** Users and requests a second can't be ranked together: the kind that more cells have decides, open loops where it's even. */
function decidingLoop(measured: readonly MeasuredVariant[]): Load["loop"] {
  const open = measured.filter(({ cell }) => cell.figures.loop === "open").length;
  return open > 0 && open >= measured.length - open ? "open" : "closed";
}

function otherLoads(measured: readonly MeasuredVariant[], loop: Load["loop"]): string[] {
  const others = measured.filter(({ cell }) => cell.figures.loop !== loop);
  const names = others.map(({ cell: { figures } }) => loadInWords(figures));
  return others.length === 0
    ? []
    : [
        `shown and no part of the recommendation, which is about ${loop === "open" ? "offered rates" : "users at once"}: ${listed([...new Set(names)])}`,
      ];
}

function highestLoad(candidates: readonly Candidate[], loop: Load["loop"]): Load {
  const loads = candidates.map(({ cell }) => cell.figures).toSorted(byLoad);
  return loads.at(-1) ?? { loop, level: null };
}

function protocolOf(base: QualityFile): string {
  const { protocol, windowTokens, strideTokens, bos, scoredTokens, text } = base;
  const tokens = scoredTokens.toLocaleString("en");
  return `${protocol}, window ${windowTokens}, stride ${strideTokens}, ${bos ? "BOS first" : "no BOS"}, ${tokens} tokens scored of ${basename(text.file)} (${text.digest.slice(0, 19)})`;
}
