import { writeFileSync } from "node:fs";
import type { TestRun } from "../test-run.ts";
import { defaultSummary } from "./default-summary.ts";
import type { SummaryData } from "./summary-data.ts";

/**
 * Write what `handleSummary` gave: a text for each of `stdout`, `stderr` and files. Anything else than that gets the
 * default summary, as on k6.
 */
export function writeSummary(run: TestRun, result: unknown, data: SummaryData): void {
  if (typeof result !== "object" || result === null) {
    process.stdout.write(defaultSummary(data));
    return;
  }
  for (const [target, content] of Object.entries(result)) {
    const bytes = content instanceof ArrayBuffer ? new Uint8Array(content) : String(content);
    if (target === "stdout") process.stdout.write(bytes);
    else if (target === "stderr") process.stderr.write(bytes);
    else writeReport(run, target, bytes);
  }
}

function writeReport(run: TestRun, file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    run.log(
      "error",
      `failed to handle the end-of-test summary: could not save '${file}': ${reason}`,
    );
  }
}
