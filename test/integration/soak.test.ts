import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { buildEmbeddedEngine, type EmbeddedEngine } from "../support/embedded-engine.ts";
import { LEAK, SOAK, soak } from "../support/soak.ts";

const REPORT_HEAP = new URL("../support/report-heap.mjs", import.meta.url).href;
/**
 * A sample of 8 bytes in each of 17 Trends is kept, since percentiles are exact, and the code's own growth comes to as much
 * again. Whatever held on to records, answers or streams would keep more than this.
 */
const MOST_BYTES_A_REQUEST = 700;

let engine: EmbeddedEngine;
beforeAll(async () => {
  engine = await buildEmbeddedEngine();
});
afterAll(() => engine.remove());

const embedded = (script: string, consoleFile: string) => ({
  command: [
    ...[process.execPath, "--expose-gc", "--import", REPORT_HEAP],
    ...[engine.program, script, consoleFile],
  ],
  keptBytes,
});

function keptBytes(process: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    process.once("message", (message) => {
      resolve(z.object({ keptBytes: z.number() }).parse(message).keptBytes);
    });
    process.send("heap", (error) => {
      if (error) reject(error);
    });
  });
}

test("the embedded engine keeps next to nothing of a request that is over", async () => {
  const { bytesARequest, records } = await soak(SOAK, embedded);
  expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(["completed"]));
  expect(bytesARequest).toBeLessThan(MOST_BYTES_A_REQUEST);
});

test("what a script holds of its requests shows", async () => {
  const { bytesARequest } = await soak(LEAK, embedded);
  expect(bytesARequest).toBeGreaterThan(MOST_BYTES_A_REQUEST);
});
