import { defineProfile } from "../lib/k6/define-profile.ts";
import { constantRate } from "../lib/workload/arrivals.ts";
import { openLoop } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Sentences to classify, alone and in batches of eight, ten requests a second: a plain JSON answer each, no stream. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "classify-batch",
  api: "classify",
  load: openLoop({
    arrivals: constantRate,
    rate: 10,
    warmUp: "5s",
    steady: "60s",
    maxVus: 50,
  }),
  work: prompts("../data/classify.jsonl"),
  output: { tokens: 1 },
  sla: "classify",
  openFile: (path) => open(path),
});
