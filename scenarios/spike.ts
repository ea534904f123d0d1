import { defineProfile } from "../lib/k6/define-profile.ts";
import { poisson } from "../lib/workload/arrivals.ts";
import { spike } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** A steady load, five times as much for half a minute, and the steady load again: does the server recover? */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "spike",
  load: spike({
    arrivals: poisson,
    rate: 2,
    times: 5,
    warmUp: "10s",
    part: "30s",
    maxVus: 200,
  }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "spike",
  openFile: (path) => open(path),
});
