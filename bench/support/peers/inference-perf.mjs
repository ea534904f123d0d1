// inference-perf of kubernetes-sigs.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runPeer, versionOfPackage } from "./run-peer.mjs";

export const inferencePerf = {
  name: "inference-perf",
  title: "inference-perf",
  variable: "INFERENCE_PERF_BIN",
  version: (program) => versionOfPackage(program, "inference-perf"),
  /** Its TPOT is our ITL, its ITL our gaps where a chunk is a token. */
  run: async (program, load) => {
    const config = join(load.folder, "inference-perf.yml");
    // JSON is YAML, too.
    const settings = {
      api: { type: "chat", streaming: true },
      server: {
        type: "vllm",
        model_name: load.model,
        base_url: load.url,
        ignore_eos: true,
      },
      tokenizer: { pretrained_model_name_or_path: load.tokenizer },
      // Its made-up prompts go out as completions, but for those with media: here with none of them.
      data: {
        type: "shared_prefix",
        multimodal: {},
        shared_prefix: {
          ...{ num_groups: 1, num_prompts_per_group: load.requests, system_prompt_len: 1 },
          ...{ question_len: load.promptWords - 1, output_len: load.tokens },
        },
      },
      load: {
        type: "concurrent",
        stages: [{ num_requests: load.requests, concurrency_level: load.streams }],
        num_workers: 1,
        worker_max_concurrency: load.streams,
      },
      report: {
        request_lifecycle: { summary: true, per_stage: false, percentiles: [50, 95, 99] },
      },
      storage: { local_storage: { path: load.folder } },
    };
    writeFileSync(config, JSON.stringify(settings));
    await runPeer(program, ["--config_file", config], load);
    const { successes, failures } = JSON.parse(
      readFileSync(join(load.folder, "summary_lifecycle_metrics.json"), "utf8"),
    );
    const { latency } = successes;
    const inMs = ({ median, p95, p99 }) => ({
      p50: median * 1000,
      p95: p95 * 1000,
      p99: p99 * 1000,
    });
    return {
      requests: successes.count,
      failed: failures.count,
      ttftMs: inMs(latency.time_to_first_token),
      itlMs: inMs(latency.time_per_output_token),
      gapP99Ms: inMs(latency.inter_token_latency).p99,
      e2eP50Ms: inMs(latency.request_latency).p50,
      tokensPerSecond: successes.throughput.output_tokens_per_sec,
    };
  },
};
