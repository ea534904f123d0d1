import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { noSla, parseSla } from "../../../lib/core/sla.ts";

const THRESHOLDS = fileURLToPath(new URL("../../../thresholds/", import.meta.url));
const read = (file: string) => readFileSync(THRESHOLDS + file, "utf8");
const schema = z.fromJSONSchema(JSON.parse(read("sla.schema.json")));
const files = readdirSync(THRESHOLDS).filter((f) => f.endsWith(".json") && f !== "sla.schema.json");

test("there are service levels to check", () => {
  expect(files).toContain("chat.json");
});

test.each(files)("%s satisfies the schema and the parser", (file) => {
  expect(schema.safeParse(JSON.parse(read(file))).error).toBeUndefined();
  const sla = parseSla(read(file), file);
  expect(sla.minRequests).toBeGreaterThan(0);
  expect(sla.latency.length).toBeGreaterThan(0);
});

test("reads limits per request, limits per run and floors", () => {
  const text = JSON.stringify({
    slo: { ttftMs: 500, e2eMs: 9000 },
    thresholds: { ttft: { p95: 500, "p99.9": 900 }, tpot: { med: 40 }, goodRate: { min: 0.9 } },
    minRequests: 5,
    minSuccessRate: 1,
  });
  expect(parseSla(text, "x.json")).toEqual({
    slo: { ttftMs: 500, e2eMs: 9000 },
    latency: [
      { metric: "ttft", statistic: "p(95)", atMostMs: 500 },
      { metric: "ttft", statistic: "p(99.9)", atMostMs: 900 },
      { metric: "itl", statistic: "med", atMostMs: 40 },
    ],
    goodRateMin: 0.9,
    minRequests: 5,
    minSuccessRate: 1,
  });
});

test("an empty SLA is the floors alone", () => {
  expect(parseSla("{}", "x.json")).toEqual(noSla());
});

describe("refuses, naming file and key, what the schema refuses too:", () => {
  test.each<[string, RegExp]>([
    ['{"treshold": {}}', /x\.json: unknown key treshold, allowed: .*thresholds/],
    ['{"slo": {"ttft": 5}}', /unknown key slo\.ttft, allowed: ttftMs, itlMs, e2eMs/],
    ['{"slo": {"ttftMs": "5"}}', /slo\.ttftMs: found "5", allowed: milliseconds above 0/],
    ['{"slo": {"ttftMs": 0}}', /slo\.ttftMs: found 0/],
    ['{"slo": []}', /slo: found \[\], allowed: an object/],
    ['{"thresholds": {"ttfb": {}}}', /unknown key thresholds\.ttfb, allowed: ttft/],
    ['{"thresholds": {"ttft": {"95": 5}}}', /thresholds\.ttft\.95: found 5, allowed: the keys p1/],
    ['{"thresholds": {"ttft": {"p100": 5}}}', /thresholds\.ttft\.p100/],
    ['{"thresholds": {"ttft": {"p95": null}}}', /thresholds\.ttft\.p95: found null/],
    ['{"thresholds": {"goodRate": {}}}', /thresholds\.goodRate/],
    ['{"thresholds": {"goodRate": {"min": 95}}}', /goodRate\.min: found 95, allowed: a share/],
    ['{"minRequests": 0}', /minRequests: found 0, allowed: a whole number of 1 or more/],
    ['{"minRequests": 1.5}', /minRequests: found 1\.5/],
    ['{"minSuccessRate": 2}', /minSuccessRate: found 2/],
    ['{"description": 5}', /description: found 5/],
    ["[]", /the file: found \[\]/],
    ["null", /the file: found null/],
  ])("%s", (text, message) => {
    expect(() => parseSla(text, "x.json")).toThrow(message);
    expect(schema.safeParse(JSON.parse(text)).success).toBe(false);
  });
});

describe("refuses what the schema can't tell:", () => {
  test("two names of one metric", () => {
    const text = '{"thresholds": {"itl": {"p95": 5}, "tpot": {"p95": 5}}}';
    expect(() => parseSla(text, "x.json")).toThrow(/thresholds\.tpot: .* same number/);
  });

  test("text that is not JSON", () => {
    expect(() => parseSla("{", "x.json")).toThrow(/^x\.json: not JSON: /);
  });
});
