import { defineProfile } from "../lib/k6/define-profile.ts";
import { rampHoldDrain } from "../lib/workload/closed-load.ts";
import { conversations } from "../lib/workload/conversations.ts";

/** Twenty people talk with the model, each turn on top of the answers before it, and think in between. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "chat-multiturn",
  load: rampHoldDrain({ vus: 20, rampUp: "15s", steady: "120s", drain: "10s" }),
  work: conversations("../data/conversations.jsonl", { thinkTime: "2s" }),
  output: { tokens: 64, exactly: false },
  sla: "chat-multiturn",
  openFile: (path) => open(path),
});
