import { defineProfile } from "../lib/k6/define-profile.ts";
import { poisson } from "../lib/workload/arrivals.ts";
import { conversations } from "../lib/workload/conversations.ts";
import { openLoop } from "../lib/workload/open-load.ts";
import { prompts } from "../lib/workload/prompts.ts";

/** What one server gets on a working day: mostly chat, some conversations, some long documents, some code. */
export const { options, setup, run, heartbeat, handleSummary } = defineProfile({
  name: "mixed-traffic",
  load: openLoop({ arrivals: poisson, rate: 4, warmUp: "10s", steady: "120s", maxVus: 200 }),
  streams: [
    {
      name: "chat",
      weight: 6,
      work: prompts("../data/prompts-sotu.jsonl"),
      output: { tokens: 64 },
    },
    {
      name: "talk",
      weight: 2,
      work: conversations("../data/conversations.jsonl", { thinkTime: "2s" }),
      output: { tokens: 64, exactly: false },
    },
    {
      name: "rag",
      weight: 1,
      work: prompts("../data/rag-sotu.jsonl"),
      output: { tokens: 128 },
    },
    {
      name: "code",
      weight: 1,
      work: prompts("../data/code-completion.jsonl"),
      output: { tokens: 32 },
    },
  ],
  sla: "mixed-traffic",
  openFile: (path) => open(path),
});
