import type { PricesFile } from "../records/prices.ts";

/**
 * Cost of a million output tokens at a measured load: price an hour over tokens an hour (docs/metrics.md, Money).
 *
 * @returns `null` where no entry fits the variant's labels, or nothing was generated
 */
export function costPerMillionTokens(
  prices: PricesFile | null,
  labels: Readonly<Record<string, string>>,
  outputTokensPerSecond: number | undefined,
): number | null {
  const entry = prices?.machines.find((machine) =>
    Object.entries(machine.labels).every(([name, value]) => labels[name] === value),
  );
  if (entry === undefined || !outputTokensPerSecond) return null;
  return ((entry.perHour * entry.count) / (outputTokensPerSecond * 3600)) * 1e6;
}
