import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ENGINE_CASES,
  expectation,
  faultCase,
  observed,
  runCase,
} from "../support/engine-cases.ts";
import { EXIT_CASES } from "../support/exit-cases.ts";
import { startFaultServer } from "../support/fault-server.ts";
import { k6Binaries, k6Runner, NO_K6 } from "../support/k6-binaries.ts";

const k6s = k6Binaries();
if (k6s.length === 0) console.warn(`skipped, ${NO_K6}`);

// Shows as skipped where there is no k6; a file without any test would fail.
test.skipIf(k6s.length === 0)("there is a k6", () => {
  expect(k6s.length).toBeGreaterThan(0);
});

describe.skipIf(k6s.length === 0).each(k6s.map((path) => ({ name: basename(path), k6: path })))(
  "$name does what is expected of the embedded engine",
  ({ k6 }) => {
    test.each([...ENGINE_CASES, ...EXIT_CASES])("$name", async (expected) => {
      const run = await runCase(k6Runner(k6), expected);
      expect(observed(run, expected)).toEqual(expectation(expected));
      expect(run.stderr).toMatch(expected.stderr ?? /^/);
    });

    test("the wire's faults, as a script sees them", async () => {
      const server = await startFaultServer();
      const expected = faultCase(server.url);
      const run = await runCase(k6Runner(k6), expected);
      await server.close();
      expect(observed(run, expected)).toEqual(expectation(expected));
      expect(run.stderr).toMatch(expected.stderr ?? /^/);
    });
  },
);
