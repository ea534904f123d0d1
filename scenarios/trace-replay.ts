import { defineProfile } from "../lib/k6/define-profile.ts";
import { traceReplay } from "../lib/workload/trace-replay.ts";

/** Requests as they once came (here a made-up trace; give your own by TRACE): their times, lengths and shared prefixes. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "trace-replay",
  ...traceReplay({
    trace: "../data/trace-made-up.mooncake.jsonl",
    text: "../data/sotu-heldout.txt",
    length: "60s",
    warmUp: "5s",
    maxVus: 200,
  }),
  output: { tokens: 64 },
  sla: "trace-replay",
  openFile: (path) => open(path),
});
