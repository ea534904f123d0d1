import { defineProfile } from "../lib/k6/define-profile.ts";
import { poisson } from "../lib/workload/arrivals.ts";
import { openLoop } from "../lib/workload/open-load.ts";
import { sharedPrefixPrompts } from "../lib/workload/prompts.ts";

/** Short questions behind one long system message: what a prefix cache is worth. Compare with CACHE_BUST=off and with rag-long-context. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "shared-prefix",
  load: openLoop({ arrivals: poisson, rate: 4, warmUp: "10s", steady: "60s", maxVus: 100 }),
  work: sharedPrefixPrompts("../data/shared-prefix.jsonl"),
  output: { tokens: 48 },
  sla: "shared-prefix",
  openFile: (path) => open(path),
});
