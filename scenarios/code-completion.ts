import { defineProfile } from "../lib/k6/define-profile.ts";
import { gammaBursts } from "../lib/workload/arrivals.ts";
import { openLoop } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Editors ask for the next few lines at each pause of a programmer: short answers, in bursts, wanted at once. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "code-completion",
  load: openLoop({
    arrivals: gammaBursts(0.5),
    rate: 6,
    warmUp: "10s",
    steady: "60s",
    maxVus: 100,
  }),
  work: prompts("../data/code-completion.jsonl"),
  output: { tokens: 32 },
  sla: "code-completion",
  openFile: (path) => open(path),
});
