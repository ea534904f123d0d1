import { batchMean } from "../lib/core/batch-means.ts";
import type { Interval } from "../lib/core/interval.ts";
import { decodeNlls } from "../records/nll-series.ts";
import type { QualityFile } from "../records/quality.ts";
import type { ReportQuality } from "../records/report.ts";

/**
 * The quality of a variant against the base's, token by token: only paired differences resolve a good int4 from fp32. The
 * interval comes from batch means, since neighbouring tokens are surprising together.
 */
export function compareQuality(file: QualityFile, base: QualityFile | undefined): ReportQuality {
  const shared = {
    variant: file.variant,
    perplexity: file.perplexity,
    bitsPerByte: file.bitsPerByte,
    scoredTokens: file.scoredTokens,
    modelBytes: file.modelBytes,
  };
  if (base === undefined || base.variant === file.variant) {
    return { ...shared, deltaLogPerplexity: null, notComparable: null, separable: false };
  }
  const delta = pairedDelta(file, base);
  if (typeof delta === "string") {
    return { ...shared, deltaLogPerplexity: null, notComparable: delta, separable: false };
  }
  return {
    ...shared,
    deltaLogPerplexity: delta,
    notComparable: null,
    separable: delta.low > 0 || delta.high < 0,
  };
}

/** ln PPL of `file` less that of `base`, from paired tokens; a text says why they can't be paired. */
export function pairedDelta(file: QualityFile, base: QualityFile): Interval | string {
  const notComparable = whyNotComparable(file, base);
  if (notComparable !== null) return notComparable;
  const [nlls, baseNlls] = [decodeNlls(file), decodeNlls(base)];
  const delta = batchMean(nlls.map((nll, i) => nll - (baseNlls[i] ?? Number.NaN)));
  return delta ?? "too few tokens for an interval";
}

function whyNotComparable(file: QualityFile, base: QualityFile): string | null {
  const differences = [
    file.text.digest === base.text.digest ? null : "another text",
    file.tokenizerDigest === base.tokenizerDigest ? null : "another tokenizer",
    file.protocol === base.protocol ? null : "another protocol",
    file.windowTokens === base.windowTokens ? null : "another window",
    file.strideTokens === base.strideTokens ? null : "another stride",
    file.bos === base.bos ? null : "another BOS handling",
    file.scoredTokens === base.scoredTokens ? null : "other tokens scored",
  ].filter((difference) => difference !== null);
  return differences.length === 0 ? null : differences.join(", ");
}
