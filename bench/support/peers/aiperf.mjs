// NVIDIA's AIPerf.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLineOf, runPeer } from "./run-peer.mjs";

/** Offline it takes a tokenizer from the cache of the model hub alone, not from a path. */
const CACHED_NAME = "local/words";
const REVISION = "0".repeat(40);

export const aiperf = {
  name: "aiperf",
  title: "AIPerf",
  variable: "AIPERF_BIN",
  version: (program) => lastLineOf(program, ["--version"]),
  /** Its ITL is ours, and its inter-chunk latency our gaps, of which it keeps the p99 of all. */
  run: async (program, load) => {
    cacheTokenizer(load.tokenizer, join(load.folder, "hub"));
    const artifacts = join(load.folder, "aiperf");
    const flags = {
      model: load.model,
      url: load.url,
      "endpoint-type": "chat",
      tokenizer: CACHED_NAME,
      concurrency: load.streams,
      "concurrency-ramp-duration": load.rampSeconds,
      "request-count": load.requests,
      "input-file": load.prompts,
      "custom-dataset-type": "single_turn",
      osl: load.tokens,
      "artifact-dir": artifacts,
      ui: "none",
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const switches = ["--streaming", "--no-gpu-telemetry", "--no-server-metrics"];
    await runPeer(program, ["profile", ...args, ...switches], load);
    const result = JSON.parse(readFileSync(join(artifacts, "profile_export_aiperf.json"), "utf8"));
    return {
      requests: result.request_count?.avg ?? 0,
      failed: result.error_request_count?.avg ?? 0,
      ttftMs: result.time_to_first_token,
      itlMs: result.inter_token_latency,
      gapP99Ms: result.inter_chunk_latency?.p99 ?? null,
      e2eP50Ms: result.request_latency.p50,
      tokensPerSecond: result.output_token_throughput.avg,
    };
  },
};

function cacheTokenizer(tokenizer, hub) {
  const model = join(hub, `models--${CACHED_NAME.replace("/", "--")}`);
  mkdirSync(join(model, "refs"), { recursive: true });
  writeFileSync(join(model, "refs", "main"), REVISION);
  cpSync(tokenizer, join(model, "snapshots", REVISION), { recursive: true });
}
