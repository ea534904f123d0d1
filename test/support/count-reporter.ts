import type { Reporter, TestModule } from "vitest/node";

/** Prints the plain closing line `N passed, N failed` that a CI can read without knowing vitest. */
class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state !== "pending") count[state] += 1;
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    // The default reporter prints its own summary on the same event.
    setImmediate(() =>
      process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`),
    );
  }
}

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter from the default export
export default CountReporter;
