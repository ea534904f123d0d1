import { defineProfile } from "../lib/k6/define-profile.ts";
import { rampHoldDrain } from "../lib/workload/closed-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** Agents that have tools: long system prompts, and a first event that comes late where a server buffers the call. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "agent-tools",
  load: rampHoldDrain({ vus: 10, rampUp: "10s", steady: "60s", drain: "10s" }),
  work: prompts("../data/agent-tools.jsonl"),
  output: { tokens: 64, exactly: false },
  sla: "agent-tools",
  openFile: (path) => open(path),
});
