import { UserError } from "../../lib/core/user-error.ts";
import { GATE_METRICS, PERPLEXITY } from "./gate-metrics.ts";

const DEFAULT_TOLERANCE = 0.05;

/** How much worse a metric may be, as a share, by its key; `null`: it is not compared. */
export type Tolerances = ReadonlyMap<string, number | null>;

const KEYS = [...GATE_METRICS, PERPLEXITY].map(({ key }) => key);
const FORM = "<metric>=<percentage>, <metric>=off, or a percentage for all";

/**
 * Reads what `--tolerance` was given: `ttft.p95=10%`, `ttft=10%` (both its percentiles), `perplexity=off`, `8%` (all). Later
 * ones go over earlier ones.
 *
 * @throws UserError naming what was found and what is allowed
 */
export function parseTolerances(texts: readonly string[]): Tolerances {
  const tolerances = new Map<string, number | null>(KEYS.map((key) => [key, DEFAULT_TOLERANCE]));
  for (const text of texts) {
    const [name, value] = text.includes("=") ? splitAt(text, text.indexOf("=")) : ["", text];
    const tolerance = parseValue(value, text);
    for (const key of keysOf(name, text)) tolerances.set(key, tolerance);
  }
  return tolerances;
}

function splitAt(text: string, index: number): [string, string] {
  return [text.slice(0, index), text.slice(index + 1)];
}

function keysOf(name: string, text: string): string[] {
  if (name === "" && !text.includes("=")) return KEYS;
  const keys = KEYS.filter((key) => key === name || key.startsWith(`${name}.`));
  if (name === "" || keys.length === 0) {
    throw new UserError(
      "bad-input",
      `--tolerance: found "${text}": no metric "${name}", allowed: ${KEYS.join(", ")} (or ttft, itl, e2e for both percentiles)`,
    );
  }
  return keys;
}

function parseValue(value: string, text: string): number | null {
  if (value === "off") return null;
  const percentage = /^(\d+(?:\.\d+)?)\s*%$/.exec(value)?.[1];
  if (percentage === undefined) {
    throw new UserError(
      "bad-input",
      `--tolerance: found "${text}", allowed: ${FORM} (ttft.p95=10%)`,
    );
  }
  return Number(percentage) / 100;
}
