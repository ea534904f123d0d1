import { defineProfile } from "../lib/k6/define-profile.ts";
import { rampHoldDrain } from "../lib/workload/closed-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Two hundred people for an hour: does anything grow, on the server or here? */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "soak",
  load: rampHoldDrain({ vus: 200, rampUp: "60s", steady: "1h", drain: "30s" }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "soak",
  openFile: (path) => open(path),
});
