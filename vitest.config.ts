import { defineConfig } from "vitest/config";

// Real processes and sockets share two cores: one file at a time keeps the timings of one test out of another's.
const oneAtATime = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/count-reporter.ts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "arch", include: ["test/arch/**/*.test.ts"] } },
      { test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...oneAtATime } },
      { test: { name: "golden", include: ["test/golden/**/*.test.ts"], ...oneAtATime } },
      { test: { name: "parity", include: ["test/parity/**/*.test.ts"], ...oneAtATime } },
    ],
  },
});
