import type { PricesFile } from "../records/prices.ts";

/** What the machines of a variant cost an hour; `undefined` where no entry fits its labels. */
export function pricePerHour(
  prices: PricesFile | null,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const entry = prices?.machines.find((machine) =>
    Object.entries(machine.labels).every(([name, value]) => labels[name] === value),
  );
  return entry === undefined ? undefined : entry.perHour * entry.count;
}

/**
 * Cost of a million output tokens at a measured load: price an hour over tokens an hour (docs/metrics.md, Money).
 *
 * @returns `null` where no price is known, or nothing was generated
 */
export function costPerMillionTokens(
  perHour: number | undefined,
  outputTokensPerSecond: number | undefined,
): number | null {
  if (perHour === undefined || !outputTokensPerSecond) return null;
  return (perHour / (outputTokensPerSecond * 3600)) * 1e6;
}
