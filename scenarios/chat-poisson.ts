import { defineProfile } from "../lib/k6/define-profile.ts";
import { poisson } from "../lib/workload/arrivals.ts";
import { openLoop } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** People who know nothing of each other ask four questions a second, whether the server keeps up or not. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "chat-poisson",
  load: openLoop({ arrivals: poisson, rate: 4, warmUp: "10s", steady: "60s", maxVus: 100 }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "chat",
  openFile: (path) => open(path),
});
