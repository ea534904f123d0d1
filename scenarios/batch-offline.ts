import { defineProfile } from "../lib/k6/define-profile.ts";
import { rampHoldDrain } from "../lib/workload/closed-load.ts";
import { drawnFrom } from "../lib/workload/drawn-length.ts";
import { synthetic } from "../lib/workload/synthetic.ts";

/** A night of documents: nobody waits for the first word, only tokens per second and that every request ends well count. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "batch-offline",
  load: rampHoldDrain({ vus: 64, rampUp: "10s", steady: "120s", drain: "10s" }),
  work: synthetic("../data/sotu-heldout.txt", {
    kind: "lognormal",
    median: 120,
    sigma: 0.5,
    min: 20,
    max: 300,
  }),
  output: { tokens: drawnFrom({ kind: "uniform", min: 32, max: 160 }) },
  sla: "batch-offline",
  openFile: (path) => open(path),
});
