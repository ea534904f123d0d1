import type { SuiteStep } from "../suite/run-suite.ts";
import type { Suite } from "../suite/suite-file.ts";
import { startProgressBar } from "./progress-bar.ts";
import { liveFigures, planFraction } from "./run-progress.ts";

/** The live line of a suite: a bar over its steps at a terminal, else one line a step. */
export interface SuiteProgress {
  update(step: SuiteStep): void;
  log(line: string): void;
  stop(): void;
}

export function startSuiteProgress(suite: Suite): SuiteProgress {
  const steps = suite.variants.length * (1 + suite.repeats);
  const bar = startProgressBar("{bar} {percentage}% | {what} | {figures}", steps, {
    what: "starting",
    figures: "",
  });
  const place = createStepCounter();
  let told = 0;
  return {
    update: (step) => {
      const at = place(step);
      if (!bar.isDrawn && at !== told) bar.log(`[${at}/${steps}] ${nameOf(step)}`);
      told = at;
      bar.update(at - 1 + fractionOf(step), {
        what: nameOf(step),
        figures: step.kind === "load" && step.view !== undefined ? liveFigures(step.view) : "",
      });
    },
    log: bar.log,
    stop: bar.stop,
  };
}

/** Numbers the steps by their names as they come, from 1. */
function createStepCounter(): (step: SuiteStep) => number {
  const names: string[] = [];
  return (step) => {
    const name = nameOf(step);
    if (names.at(-1) !== name) names.push(name);
    return names.length;
  };
}

function nameOf(step: SuiteStep): string {
  switch (step.kind) {
    case "quality":
      return `perplexity of ${step.variant}`;
    case "load":
      return `load on ${step.variant}, repeat ${step.repeat}`;
  }
}

function fractionOf(step: SuiteStep): number {
  if (step.kind === "quality") return step.fraction;
  return step.view === undefined ? 0 : planFraction(step.view);
}
