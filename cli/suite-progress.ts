import { SingleBar } from "cli-progress";
import type { SuiteStep } from "../suite/run-suite.ts";
import type { Suite } from "../suite/suite-file.ts";
import { liveFigures, planFraction } from "./run-progress.ts";

/** The live line of a suite: a bar over its steps at a terminal, else one line a step. */
export interface SuiteProgress {
  update(step: SuiteStep): void;
  log(line: string): void;
  stop(): void;
}

export function startSuiteProgress(suite: Suite, stream: NodeJS.WriteStream): SuiteProgress {
  const steps = suite.variants.length * (1 + suite.repeats);
  return stream.isTTY ? barOverSteps(steps, stream) : lineAStep(steps, stream);
}

function barOverSteps(steps: number, stream: NodeJS.WriteStream): SuiteProgress {
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {what} | {figures}",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    stream,
  });
  const place = createStepCounter();
  bar.start(steps, 0, { what: "starting", figures: "" });
  return {
    update: (step) => {
      bar.update(place(step) - 1 + fractionOf(step), {
        what: nameOf(step),
        figures: step.kind === "load" && step.view !== undefined ? liveFigures(step.view) : "",
      });
    },
    log: (line) => stream.write(`\r\x1b[K${line}\n`),
    stop: () => bar.stop(),
  };
}

function lineAStep(steps: number, stream: NodeJS.WriteStream): SuiteProgress {
  const place = createStepCounter();
  let shown = 0;
  return {
    update: (step) => {
      const at = place(step);
      if (at === shown) return;
      shown = at;
      stream.write(`[${at}/${steps}] ${nameOf(step)}\n`);
    },
    log: (line) => stream.write(`${line}\n`),
    stop: () => {},
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
