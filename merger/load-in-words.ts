import type { LoadPlan } from "../lib/core/load-plan.ts";
import { users } from "./format.ts";

/** A load as it was offered: users at once (closed loop), or requests a second (open loop). */
export interface Load {
  readonly loop: LoadPlan["kind"];
  /** `null` where it ramps. */
  readonly level: number | null;
}

/** "8 users", "4 requests/s". */
export function loadInWords({ loop, level }: Load): string {
  if (loop === "closed") return users(level);
  if (level === null) return "the varying rate";
  return `${rate(level)} ${level === 1 ? "request" : "requests"}/s`;
}

/** The same where there is little room: "8", "4/s". */
export function loadMark({ loop, level }: Load): string {
  if (level === null) return "";
  return loop === "closed" ? String(level) : `${rate(level)}/s`;
}

/** Orders loads of one kind; the ramp comes first. */
export function byLoad(a: Load, b: Load): number {
  return a.loop === b.loop ? (a.level ?? 0) - (b.level ?? 0) : a.loop === "closed" ? -1 : 1;
}

export function isSameLoad(a: Load, b: Load): boolean {
  return a.loop === b.loop && a.level === b.level;
}

/** Rates are given in short decimals, but may be computed. */
function rate(level: number): string {
  return Number(level.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 });
}
