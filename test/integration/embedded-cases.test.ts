import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildEmbeddedEngine, type EmbeddedEngine } from "../support/embedded-engine.ts";
import {
  ENGINE_CASES,
  expectation,
  faultCase,
  observed,
  runCase,
} from "../support/engine-cases.ts";
import { EXIT_CASES } from "../support/exit-cases.ts";
import { startFaultServer } from "../support/fault-server.ts";
import { HAS_SIGNALS } from "../support/has-signals.ts";

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await buildEmbeddedEngine();
});

afterAll(() => {
  engine.remove();
});

describe("the embedded engine does as k6 does", () => {
  const cases = [...ENGINE_CASES, ...EXIT_CASES].filter(
    ({ interruptAfterLines }) => interruptAfterLines === undefined || HAS_SIGNALS,
  );
  test.each(cases)("$name", async (expected) => {
    const run = await runCase(engine.run, expected);
    expect(observed(run, expected)).toEqual(expectation(expected));
    expect(run.stderr).toMatch(expected.stderr ?? /^/);
  });

  test("the wire's faults, as a script sees them", async () => {
    const server = await startFaultServer();
    const expected = faultCase(server.url);
    const run = await runCase(engine.run, expected);
    await server.close();
    expect(observed(run, expected)).toEqual(expectation(expected));
    expect(run.stderr).toMatch(expected.stderr ?? /^/);
  });
});
