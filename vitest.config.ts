import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Real processes and sockets share two cores: one file at a time keeps the timings of one test out of another's.
const oneAtATime = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } as const;

/** A test of seconds here is one of many on a busy machine: the limit is for what hangs. */
const onSlowMachines = { testTimeout: 30_000 } as const;

/** What k6 itself provides, for unit tests of the code that runs inside it. */
const k6Fakes = {
  "k6/http": fileURLToPath(new URL("test/support/k6/http.ts", import.meta.url)),
  "k6/x/sse": fileURLToPath(new URL("test/support/k6/x-sse.ts", import.meta.url)),
};

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/count-reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          alias: k6Fakes,
          ...onSlowMachines,
        },
      },
      { test: { name: "arch", include: ["test/arch/**/*.test.ts"], ...onSlowMachines } },
      { test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...oneAtATime } },
      { test: { name: "golden", include: ["test/golden/**/*.test.ts"], ...oneAtATime } },
      { test: { name: "parity", include: ["test/parity/**/*.test.ts"], ...oneAtATime } },
    ],
  },
});
