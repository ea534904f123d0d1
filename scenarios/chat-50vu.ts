import { defineProfile } from "../lib/k6/define-profile.ts";
import { rampHoldDrain } from "../lib/workload/closed-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Fifty people chat at once: they come one after another, stay for a minute, and leave. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "chat-50vu",
  load: rampHoldDrain({ vus: 50, rampUp: "15s", steady: "60s", drain: "10s" }),
  work: prompts("../data/prompts-sotu.jsonl"),
  output: { tokens: 64 },
  sla: "chat",
  openFile: (path) => open(path),
});
