import { planEndMs } from "../lib/core/load-plan.ts";
import type { LiveView } from "../runner/records-tail.ts";
import { startProgressBar } from "./progress-bar.ts";

/** The live line of a run; silent where standard error is not a terminal. */
export interface RunProgress {
  update(view: LiveView): void;
  /** A line of the engine's log, above the bar. */
  log(line: string): void;
  stop(): void;
}

/** Draws a bar over the plan's time with live TTFT p95 and tokens/s. */
export function startRunProgress(): RunProgress {
  const bar = startProgressBar("{bar} {percentage}% | {seconds} s | {figures}", 1, {
    seconds: 0,
    figures: "starting",
  });
  return {
    update: (view) => {
      bar.update(planFraction(view), {
        seconds: Math.round(elapsedMs(view) / 1000),
        figures: liveFigures(view),
      });
    },
    log: bar.log,
    stop: bar.stop,
  };
}

function elapsedMs(view: LiveView): number {
  return view.header === undefined ? 0 : Math.max(0, Date.now() - view.header.t0EpochMs);
}

/** How much of the plan's time is over, 0 to 1. */
export function planFraction(view: LiveView): number {
  const totalMs = view.header === undefined ? 0 : planEndMs(view.header.plan);
  return totalMs === 0 ? 0 : Math.min(1, elapsedMs(view) / totalMs);
}

/** For example `TTFT p95 182 ms · 412 tok/s · 96 requests, 0 failed`. */
export function liveFigures(view: LiveView): string {
  const ttft = view.ttftP95Ms === undefined ? "–" : `${view.ttftP95Ms.toFixed(0)} ms`;
  const rate =
    view.tokensPerSecond === undefined ? "–" : `${view.tokensPerSecond.toFixed(0)} tok/s`;
  return `TTFT p95 ${ttft} · ${rate} · ${view.recorded} requests, ${view.failed} failed`;
}
