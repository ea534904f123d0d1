// GuideLLM.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lastLineOf, runPeer } from "./run-peer.mjs";

/** It starts ten processes, which one core has no use for: with one its figures are much nearer to the truth there. */
const ONE_CORE = { GUIDELLM__MAX_WORKER_PROCESSES: "1" };

export const guidellm = {
  name: "guidellm",
  title: "GuideLLM",
  variable: "GUIDELLM_BIN",
  version: (program) => lastLineOf(program, ["--version"]).replace("version: ", ""),
  /** Its ITL is ours; its TPOT has the first token in it and is our normalized latency. It has no gaps one by one. */
  run: async (program, load) => {
    const output = join(load.folder, "guidellm.json");
    const options = {
      backend: `kind=openai_http,target=${load.url},model=${load.model},max_tokens=${load.tokens}`,
      profile: `kind=concurrent,streams=${load.streams},rampup_duration=${load.rampSeconds}`,
      constraint: `kind=max_requests,count=${load.requests}`,
      tokenizer: `kind=hf_auto,model=${load.tokenizer}`,
      data: `kind=json_file,path=${load.prompts}`,
      output: `kind=json,path=${output}`,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    await runPeer(program, ["run", ...args, "--disable-progress"], load, ONE_CORE);
    const { metrics } = JSON.parse(readFileSync(output, "utf8")).benchmarks[0];
    const of = (name) => metrics[name].successful.percentiles;
    return {
      requests: metrics.request_totals.successful,
      failed: metrics.request_totals.errored,
      ttftMs: of("time_to_first_token_ms"),
      itlMs: of("inter_token_latency_ms"),
      gapP99Ms: null,
      e2eP50Ms: of("request_latency").p50 * 1000,
      tokensPerSecond: metrics.output_tokens_per_second.successful.mean,
    };
  },
};
