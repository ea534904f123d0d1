// @transient
import { type SettingParsers, settingParsers } from "../core/setting-parsers.ts";
import type { ProfileSettings } from "../core/settings.ts";
import { createArrivalSchedule, type RateWindow } from "./arrival-schedule.ts";
import { type ArrivalProcess, arrivalTimes, constantRate } from "./arrivals.ts";
import { declaredMs } from "./declared-time.ts";
import {
  type ArrivalSchedule,
  edgeMs,
  type LoadRun,
  type LoadShape,
  loadValue,
} from "./load-shape.ts";

interface OpenLoad {
  /** The most requests that can be in flight; what comes while all are waits. */
  readonly maxVus: number;
}

/** One rate in requests a second, held. Times as k6 writes them (`60s`). */
export function openLoop(
  shape: OpenLoad & {
    readonly arrivals: ArrivalProcess;
    readonly rate: number;
    readonly warmUp: string;
    readonly steady: string;
  },
): LoadShape {
  return oneRate(shape, shape.steady, (run, requestsPerSecond, steadyMs) =>
    drawn(run, shape, held(requestsPerSecond, steadyMs, declaredMs(shape.warmUp)), shape.arrivals),
  );
}

/** Groups of requests that come at once, `rate` requests a second on average, so a burst each `size / rate` seconds. */
export function bursts(
  shape: OpenLoad & {
    readonly size: number;
    readonly rate: number;
    readonly warmUp: string;
    readonly steady: string;
  },
): LoadShape {
  const { size } = shape;
  return oneRate(shape, shape.steady, (run, requestsPerSecond, steadyMs) => {
    const windows = held(requestsPerSecond, steadyMs, declaredMs(shape.warmUp));
    const groups = windows.map((window) => ({
      ...window,
      requestsPerSecond: window.requestsPerSecond / size,
    }));
    return createArrivalSchedule(run, windows, maxVusOf(run, shape), (random) =>
      arrivalTimes(constantRate, groups, random).flatMap((atMs) => Array<number>(size).fill(atMs)),
    );
  });
}

/**
 * A steady rate, a multiple of it for a while, and the steady rate again, each for `part`: does the server recover?
 */
export function spike(
  shape: OpenLoad & {
    readonly arrivals: ArrivalProcess;
    readonly rate: number;
    readonly times: number;
    readonly warmUp: string;
    readonly part: string;
  },
): LoadShape {
  return oneRate(shape, shape.part, (run, requestsPerSecond, partMs) => {
    const [warmUp, before, drain] = held(requestsPerSecond, partMs, declaredMs(shape.warmUp));
    const during = { ...before, requestsPerSecond: requestsPerSecond * shape.times };
    return drawn(run, shape, [warmUp, before, during, before, drain], shape.arrivals);
  });
}

/** One rate after another, each for the same time, of which `settle` is not counted as steady. */
export function rateSweep(
  shape: OpenLoad & {
    readonly arrivals: ArrivalProcess;
    readonly rates: readonly number[];
    readonly levelTime: string;
    readonly settle: string;
  },
): LoadShape {
  const { risingRates } = settingParsers();
  return {
    settings: settingsOf(shape, risingRates, shape.rates.join(","), shape.levelTime),
    gate: "floors",
    schedule: (run) => {
      const rates = loadValue(run, "RATE", risingRates) ?? shape.rates;
      const levelMs = durationOf(run, shape.levelTime);
      const settleMs = edgeMs(declaredMs(shape.settle), levelMs);
      const levels = rates.flatMap((requestsPerSecond): RateWindow[] => [
        { phase: "warmup", requestsPerSecond, durationMs: settleMs },
        { phase: "steady", requestsPerSecond, durationMs: levelMs - settleMs },
      ]);
      const drain: RateWindow = {
        phase: "drain",
        requestsPerSecond: rates.at(-1) ?? 1,
        durationMs: settleMs,
      };
      return drawn(run, shape, [...levels, drain], shape.arrivals);
    },
  };
}

function oneRate(
  shape: OpenLoad & { readonly rate: number },
  steady: string,
  schedule: (run: LoadRun, requestsPerSecond: number, steadyMs: number) => ArrivalSchedule,
): LoadShape {
  const { rate } = settingParsers();
  return {
    settings: settingsOf(shape, rate, String(shape.rate), steady),
    gate: "all",
    schedule: (run) =>
      schedule(run, loadValue(run, "RATE", rate) ?? shape.rate, durationOf(run, steady)),
  };
}

/**
 * Requests go on coming after the steady window, so that what was sent in it ends under the load it was sent under.
 */
function held(
  requestsPerSecond: number,
  steadyMs: number,
  warmUpMs: number,
): readonly [RateWindow, RateWindow, RateWindow] {
  const edge = edgeMs(warmUpMs, steadyMs);
  return [
    { phase: "warmup", requestsPerSecond, durationMs: edge },
    { phase: "steady", requestsPerSecond, durationMs: steadyMs },
    { phase: "drain", requestsPerSecond, durationMs: edge },
  ];
}

function drawn(
  run: LoadRun,
  shape: OpenLoad,
  windows: readonly RateWindow[],
  process: ArrivalProcess,
): ArrivalSchedule {
  return createArrivalSchedule(run, windows, maxVusOf(run, shape), (random) =>
    arrivalTimes(process, windows, random),
  );
}

function settingsOf(
  { maxVus }: OpenLoad,
  rateParser: SettingParsers["rate" | "risingRates"],
  rates: string,
  time: string,
): ProfileSettings {
  const { count, duration, epochMs } = settingParsers();
  return {
    load: { VUS: count, RATE: rateParser, DURATION: duration, START_AT: epochMs },
    defaults: { VUS: String(maxVus), RATE: rates, DURATION: time },
  };
}

function maxVusOf(run: LoadRun, { maxVus }: OpenLoad): number {
  return loadValue(run, "VUS", settingParsers().count) ?? maxVus;
}

function durationOf(run: LoadRun, declared: string): number {
  return loadValue(run, "DURATION", settingParsers().duration) ?? declaredMs(declared);
}
