import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildEmbeddedEngine, type EmbeddedEngine } from "../support/embedded-engine.ts";
import { ENGINE_CASES, expectation, observed, runCase } from "../support/engine-cases.ts";

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await buildEmbeddedEngine();
});

afterAll(() => {
  engine.remove();
});

describe("the embedded engine does as k6 does", () => {
  test.each(ENGINE_CASES)("$name", async (expected) => {
    const run = await runCase(engine.run, expected);
    expect(observed(run, expected)).toEqual(expectation(expected));
    expect(run.stderr).toMatch(expected.stderr ?? /^/);
  });
});
