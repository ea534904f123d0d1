import { describe, expect, test } from "vitest";
import { parseDuration } from "../../../../runner/embedded/options/duration.ts";
import { parseScriptOptions } from "../../../../runner/embedded/options/script-options.ts";

describe("a duration as k6 writes it", () => {
  test.each([
    ["1m30s", 90_000],
    ["1d2h", 93_600_000],
    ["1.5s", 1500],
    ["250us", 0.25],
    ["-2s", -2000],
    ["60000ms", 60_000],
    [1500, 1500],
    ["1500", 1500],
    ["", undefined],
    ["1x", undefined],
    ["s", undefined],
    [null, undefined],
  ])("%j is %s ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});

describe("a script's options", () => {
  test("without any load are one iteration of one user", () => {
    expect(parseScriptOptions(undefined).scenarios.get("default")).toMatchObject({
      executor: "per-vu-iterations",
      vus: 1,
      iterations: 1,
      exec: "default",
    });
  });

  test("stages stand for a ramp", () => {
    const stages = [{ duration: "10s", target: 5 }];
    expect(parseScriptOptions({ vus: 2, stages }).scenarios.get("default")).toMatchObject({
      executor: "ramping-vus",
      startVUs: 2,
      stages: [{ duration: 10_000, target: 5 }],
      gracefulRampDown: 30_000,
      gracefulStop: 30_000,
    });
  });

  test.each([
    [
      { scenarios: { a: { executor: "constant-arrival-rate" } } },
      /"constant-arrival-rate"; run this profile on k6/,
    ],
    [{ scenarios: { "a b": { executor: "constant-vus" } } }, /scenario "a b": .*latin letters/],
    [
      { scenarios: { a: { executor: "ramping-vus", stages: [{ target: 1 }] } } },
      /scenarios\.a\.stages\.0\.duration/,
    ],
    [{ rps: 5 }, /options\.rps: the embedded engine can't heed this option/],
    [{ summaryTrendStats: ["p95"] }, /options\.summaryTrendStats\.0: expected avg/],
    [{ thresholds: { a: "x" } }, /options\.thresholds\.a/],
    ["vus: 1", /must be an object/],
  ])("%j are refused, by name", (options, message) => {
    expect(() => parseScriptOptions(options)).toThrow(message);
  });

  test("options that change nothing here are told of, not refused", () => {
    expect(parseScriptOptions({ noConnectionReuse: true, wat: 1 }).ignored).toEqual([
      "noConnectionReuse",
      "wat",
    ]);
  });
});
