// vLLM's `vllm bench serve`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lastLineOf, runPeer } from "./run-peer.mjs";

export const vllmBench = {
  name: "vllm",
  title: "vllm bench serve",
  variable: "VLLM_BIN",
  version: (program) => lastLineOf(program, ["--version"]),
  /** Its TTFT counts the role delta, which this server sends with the first token; its TPOT is our ITL, its ITL our gaps. */
  run: async (program, load) => {
    const flags = {
      backend: "openai-chat",
      endpoint: "/v1/chat/completions",
      "base-url": load.url,
      model: load.model,
      tokenizer: load.tokenizer,
      "dataset-name": "random",
      "random-input-len": load.promptWords,
      "random-output-len": load.tokens,
      "num-prompts": load.requests,
      "max-concurrency": load.streams,
      "percentile-metrics": "ttft,tpot,itl,e2el",
      "metric-percentiles": "50,95,99",
      "result-dir": load.folder,
      "result-filename": "result.json",
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const switches = ["--save-result", "--disable-tqdm"];
    await runPeer(program, ["bench", "serve", ...args, ...switches], load);
    const result = JSON.parse(readFileSync(join(load.folder, "result.json"), "utf8"));
    return {
      requests: result.completed,
      failed: result.failed,
      ttftMs: { p50: result.p50_ttft_ms, p95: result.p95_ttft_ms },
      itlMs: { p50: result.p50_tpot_ms, p95: result.p95_tpot_ms },
      gapP99Ms: result.p99_itl_ms,
      e2eP50Ms: result.p50_e2el_ms,
      tokensPerSecond: result.output_throughput,
    };
  },
};
