// Loaded before a program (`node --expose-gc --import`, with an IPC channel): says how much memory it keeps when it is
// asked, after all garbage is collected. What a first collection lets go may hold more: weak references, finalizers.
import { setImmediate } from "node:timers/promises";

const COLLECTIONS = 5;

process.on("message", async () => {
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({ keptBytes: heapUsed + external });
});
