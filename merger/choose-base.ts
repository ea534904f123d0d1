import { UserError } from "../lib/core/user-error.ts";
import type { QualityFile } from "../records/quality.ts";

const PRECISIONS = ["fp32", "bf16", "fp16", "fp8", "int8", "int4"];

/**
 * The variant that the others' quality is compared with: the one named, else the one of the most bytes, which is the most
 * precise of the largest size; of equals the most precise by label.
 *
 * @throws UserError where the one named has no quality
 */
export function chooseBase(
  qualities: readonly QualityFile[],
  named: string | undefined,
): QualityFile | undefined {
  if (named !== undefined) {
    const found = qualities.find((quality) => quality.variant === named);
    if (found !== undefined) return found;
    const variants = qualities.map((quality) => quality.variant).join(", ") || "none";
    throw new UserError("bad-input", `--base ${named}: no such quality, allowed: ${variants}`);
  }
  return qualities.toSorted((a, b) => b.modelBytes - a.modelBytes || rank(a) - rank(b))[0];
}

/** Best first; an unknown precision comes after the known ones. */
function rank(quality: QualityFile): number {
  const index = PRECISIONS.indexOf(quality.labels["precision"] ?? "");
  return index < 0 ? PRECISIONS.length : index;
}
