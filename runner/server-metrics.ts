import type { ServerFigures } from "../records/server-sample.ts";
import type { MetricSample } from "./prometheus-text.ts";

/** Samples of one name, of certain labels if any are given. */
interface Picked {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A figure is the sum of these samples, all of which must be there. */
type Sum = readonly Picked[];

const named = (...names: readonly string[]): Sum => names.map((name) => ({ name }));
const tensorRt = (name: string, label: string, value: string): Sum => [
  { name, labels: { [label]: value } },
];

/**
 * Where each figure is, by server; the first that is there counts. vLLM 0.32 and 0.6 (`gpu_...`), SGLang 0.5
 * (`--enable-metrics`), TGI 3.3, llama.cpp b11434 (`--metrics`; its prompt counter leaves cached tokens out),
 * TensorRT-LLM by itself and in Triton.
 */
const SOURCES: Readonly<Record<keyof ServerFigures, readonly Sum[]>> = {
  running: [
    named("vllm:num_requests_running"),
    named("sglang:num_running_reqs"),
    named("tgi_batch_current_size"),
    named("llamacpp:requests_processing"),
    named("trtllm_num_requests_running"),
    tensorRt("nv_trt_llm_request_metrics", "request_type", "scheduled"),
  ],
  waiting: [
    named("vllm:num_requests_waiting"),
    named("sglang:num_queue_reqs"),
    named("tgi_queue_size"),
    named("llamacpp:requests_deferred"),
    named("trtllm_num_requests_waiting"),
    tensorRt("nv_trt_llm_request_metrics", "request_type", "waiting"),
    named("nv_inference_pending_request_count"),
  ],
  kvCacheUsage: [
    named("vllm:kv_cache_usage_perc"),
    named("vllm:gpu_cache_usage_perc"),
    named("sglang:token_usage"),
    named("llamacpp:kv_cache_usage_ratio"),
    named("trtllm_kv_cache_utilization"),
    tensorRt("nv_trt_llm_kv_cache_block_metrics", "kv_cache_block_type", "fraction"),
  ],
  promptTokens: [
    named("vllm:prompt_tokens_total"),
    named("sglang:prompt_tokens_total"),
    named("tgi_request_input_length_sum"),
    named("llamacpp:prompt_tokens_total", "llamacpp:prompt_tokens_cached_total"),
  ],
  generationTokens: [
    named("vllm:generation_tokens_total"),
    named("sglang:generation_tokens_total"),
    named("tgi_request_generated_tokens_sum"),
    named("llamacpp:tokens_predicted_total"),
  ],
  prefixCacheQueries: [
    named("vllm:prefix_cache_queries_total"),
    named("vllm:gpu_prefix_cache_queries_total"),
    named("sglang:prompt_tokens_total"),
    named("llamacpp:prompt_tokens_total", "llamacpp:prompt_tokens_cached_total"),
  ],
  prefixCacheHits: [
    named("vllm:prefix_cache_hits_total"),
    named("vllm:gpu_prefix_cache_hits_total"),
    named("sglang:cached_tokens_total"),
    named("llamacpp:prompt_tokens_cached_total"),
  ],
};

/**
 * What a server says of itself, in the field's terms, whichever server it is. Counts of several engines behind one
 * address are added up, shares averaged. `undefined` where none of its metrics is a known one.
 */
export function readServerMetrics(samples: readonly MetricSample[]): ServerFigures | undefined {
  const total = (figure: keyof ServerFigures) => firstThere(samples, SOURCES[figure], sumOf);
  const figures = {
    running: total("running"),
    waiting: total("waiting"),
    kvCacheUsage: firstThere(samples, SOURCES.kvCacheUsage, meanOf),
    promptTokens: total("promptTokens"),
    generationTokens: total("generationTokens"),
    prefixCacheQueries: total("prefixCacheQueries"),
    prefixCacheHits: total("prefixCacheHits"),
  };
  return Object.values(figures).some((value) => value !== null) ? figures : undefined;
}

function firstThere(
  samples: readonly MetricSample[],
  sources: readonly Sum[],
  together: (values: readonly number[]) => number,
): number | null {
  for (const sum of sources) {
    const values = sum.map((picked) => valuesOf(samples, picked));
    if (values.every((found) => found.length > 0)) return together(values.flat());
  }
  return null;
}

/** What is no number, or negative, is nothing that a count or a share can be. */
function valuesOf(samples: readonly MetricSample[], { name, labels = {} }: Picked): number[] {
  return samples.flatMap((sample) =>
    sample.name === name &&
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value) &&
    Number.isFinite(sample.value) &&
    sample.value >= 0
      ? [sample.value]
      : [],
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}
