import { closest, distance } from "fastest-levenshtein";

/** The allowed name that a slip most likely meant: at most two edits away. */
export function closestName(name: string, allowed: readonly string[]): string | undefined {
  const guess = closest(name.toUpperCase(), [...allowed]);
  return distance(name.toUpperCase(), guess) <= 2 ? guess : undefined;
}
