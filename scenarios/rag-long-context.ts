import { defineProfile } from "../lib/k6/define-profile.ts";
import { poisson } from "../lib/workload/arrivals.ts";
import { openLoop } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Questions about long passages: prefill is what costs here, and the first words are what users wait for. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "rag-long-context",
  load: openLoop({ arrivals: poisson, rate: 1, warmUp: "10s", steady: "120s", maxVus: 64 }),
  work: prompts("../data/rag-sotu.jsonl"),
  output: { tokens: 128 },
  sla: "rag",
  openFile: (path) => open(path),
});
