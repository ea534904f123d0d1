import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { testFaults } from "../support/fault-behaviour.ts";
import { k6Binaries, k6Runner, NO_K6 } from "../support/k6-binaries.ts";
import { testProfile } from "../support/profile-behaviour.ts";
import { testSecrets } from "../support/secret-behaviour.ts";

const k6s = k6Binaries();
if (k6s.length === 0) console.warn(`skipped, ${NO_K6}`);

// Shows as skipped where there is no k6; a file without any test would fail.
test.skipIf(k6s.length === 0)("there is a k6", () => {
  expect(k6s.length).toBeGreaterThan(0);
});

describe.skipIf(k6s.length === 0).each(k6s.map((path) => ({ name: basename(path), k6: path })))(
  "a profile on $name",
  ({ k6 }) => {
    testProfile(k6Runner(k6));
    testFaults(k6Runner(k6));
    testSecrets(k6Runner(k6));
  },
);
