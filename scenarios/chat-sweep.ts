import { defineProfile } from "../lib/k6/define-profile.ts";
import { levelSweep } from "../lib/workload/closed-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** More and more people chat at once, in steps: at which level does the server no longer hold its service level? */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "chat-sweep",
  load: levelSweep({ levels: [1, 2, 4, 8, 16], levelTime: "30s", settle: "5s" }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "sweep",
  openFile: (path) => open(path),
});
