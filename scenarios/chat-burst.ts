import { defineProfile } from "../lib/k6/define-profile.ts";
import { bursts } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Twenty people ask at once, again and again, as when a page appears on many screens. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "chat-burst",
  load: bursts({ size: 20, rate: 2, warmUp: "10s", steady: "120s", maxVus: 200 }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "chat-burst",
  openFile: (path) => open(path),
});
