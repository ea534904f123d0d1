import { createServer } from "node:net";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { k6Binaries, NO_K6 } from "../support/k6-binaries.ts";
import { SOAK, soak } from "../support/soak.ts";

const k6s = k6Binaries();
if (k6s.length === 0) console.warn(`skipped, ${NO_K6}`);

/** Its Trends too keep every sample, in slices that grow by a quarter or more; a record that is held comes to 4 to 6 kB. */
const MOST_BYTES_A_REQUEST = 1_500;

// Shows as skipped where there is no k6; a file without any test would fail.
test.skipIf(k6s.length === 0)("there is a k6", () => {
  expect(k6s.length).toBeGreaterThan(0);
});

describe.skipIf(k6s.length === 0).each(k6s.map((path) => ({ name: basename(path), k6: path })))(
  "soak on $name",
  ({ k6 }) => {
    test("keeps next to nothing of a request that is over", async () => {
      const { bytesARequest, records } = await soak(SOAK, await engineOf(k6));
      expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(["completed"]));
      expect(bytesARequest).toBeLessThan(MOST_BYTES_A_REQUEST);
    });
  },
);

/** k6 with its profiler on, which collects all garbage before it tells of the heap. */
async function engineOf(k6: string) {
  const address = `127.0.0.1:${await freePort()}`;
  return (script: string, consoleFile: string) => ({
    command: [
      ...[k6, "run", "--quiet", "--address", address, "--profiling-enabled"],
      ...["--log-format", "raw", "--console-output", consoleFile, script],
    ],
    keptBytes: async () => {
      const profile = await fetch(`http://${address}/debug/pprof/heap?gc=1&debug=1`);
      return Number(/^# HeapAlloc = (\d+)$/m.exec(await profile.text())?.[1]);
    },
  });
}

/** A port that was free a moment ago: k6 does not tell which one it took. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = z.object({ port: z.number() }).parse(server.address());
      server.close(() => resolve(port));
    });
  });
}
