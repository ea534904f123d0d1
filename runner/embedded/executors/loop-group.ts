import type { UserLoop } from "./user-loop.ts";

export interface GroupEnd {
  /** From here on no iteration starts. */
  readonly regularMs: number;
  /** How long iterations under way may take after that. */
  readonly gracefulStopMs: number;
  readonly stop: AbortSignal;
}

/** Runs loops side by side to their end, or finishes and then cuts them when their time is up. */
export async function runLoops(
  loops: readonly UserLoop[],
  { regularMs, gracefulStopMs, stop }: GroupEnd,
): Promise<void> {
  const finishAll = () => {
    for (const loop of loops) loop.finish();
  };
  const cutAll = () => {
    for (const loop of loops) loop.cut();
  };
  const timers = [setTimeout(finishAll, regularMs), setTimeout(cutAll, regularMs + gracefulStopMs)];
  stop.addEventListener("abort", cutAll);
  try {
    await Promise.all(loops.map((loop) => loop.run()));
  } finally {
    for (const timer of timers) clearTimeout(timer);
    stop.removeEventListener("abort", cutAll);
  }
}
