import { defineProfile } from "../lib/k6/define-profile.ts";
import { poisson } from "../lib/workload/arrivals.ts";
import { rateSweep } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** More and more questions a second, in steps: at which rate does the server no longer hold its service level? */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "chat-rate-sweep",
  load: rateSweep({
    arrivals: poisson,
    rates: [1, 2, 4, 8, 16],
    levelTime: "30s",
    settle: "5s",
    maxVus: 200,
  }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "sweep",
  openFile: (path) => open(path),
});
