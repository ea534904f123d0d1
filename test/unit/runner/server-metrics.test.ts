import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ServerFigures } from "../../../records/server-sample.ts";
import { parsePrometheusText } from "../../../runner/prometheus-text.ts";
import { readServerMetrics } from "../../../runner/server-metrics.ts";
import { REPOSITORY } from "../../support/temporary-project.ts";

const NOTHING: ServerFigures = {
  running: null,
  waiting: null,
  kvCacheUsage: null,
  promptTokens: null,
  generationTokens: null,
  prefixCacheQueries: null,
  prefixCacheHits: null,
};

// Read off the recorded files by eye; what a server does not have stays absent.
test.each([
  {
    file: "vllm-0.32.prom",
    expected: {
      running: 0,
      waiting: 0,
      kvCacheUsage: 0,
      promptTokens: 51,
      generationTokens: 16,
      prefixCacheQueries: 39,
      prefixCacheHits: 0,
    },
  },
  {
    file: "tgi-3.3.7.prom",
    expected: { ...NOTHING, running: 0, waiting: 0, promptTokens: 359, generationTokens: 12 },
  },
  {
    // Its prompt counter leaves cached tokens out: 309 + 541.
    file: "llamacpp-b11434.prom",
    expected: {
      ...NOTHING,
      running: 0,
      waiting: 0,
      promptTokens: 850,
      generationTokens: 172,
      prefixCacheQueries: 850,
      prefixCacheHits: 541,
    },
  },
])("reads the recorded metrics of $file", ({ file, expected }) => {
  const text = readFileSync(join(REPOSITORY, "test/fixtures/metrics", file), "utf8");
  expect(readServerMetrics(parsePrometheusText(text))).toEqual(expected);
});

const read = (text: string) => readServerMetrics(parsePrometheusText(text));

test("adds up the engines behind one address, and averages their shares", () => {
  expect(
    read(`vllm:num_requests_running{engine="0"} 3
vllm:num_requests_running{engine="1"} 4
vllm:kv_cache_usage_perc{engine="0"} 0.2
vllm:kv_cache_usage_perc{engine="1"} 0.6`),
  ).toEqual({ ...NOTHING, running: 7, kvCacheUsage: 0.4 });
});

test("reads SGLang's names, cached tokens of all tiers", () => {
  expect(
    read(`sglang:num_running_reqs{model_name="m"} 5
sglang:num_queue_reqs{model_name="m"} 2
sglang:token_usage{model_name="m"} 0.28
sglang:prompt_tokens_total{model_name="m"} 100
sglang:generation_tokens_total{model_name="m"} 60
sglang:cached_tokens_total{model_name="m",cache_source="device"} 10
sglang:cached_tokens_total{model_name="m",cache_source="host"} 5`),
  ).toEqual({
    running: 5,
    waiting: 2,
    kvCacheUsage: 0.28,
    promptTokens: 100,
    generationTokens: 60,
    prefixCacheQueries: 100,
    prefixCacheHits: 15,
  });
});

test("picks TensorRT-LLM's figures in Triton by their labels", () => {
  expect(
    read(`nv_trt_llm_request_metrics{model="t",request_type="scheduled",version="1"} 6
nv_trt_llm_request_metrics{model="t",request_type="waiting",version="1"} 9
nv_trt_llm_request_metrics{model="t",request_type="max",version="1"} 512
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="t"} 0.5
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="t"} 6239
nv_inference_pending_request_count{model="t",version="1"} 1`),
  ).toEqual({ ...NOTHING, running: 6, waiting: 9, kvCacheUsage: 0.5 });
});

test("adds up the requests that Triton's models have waiting", () => {
  expect(
    read(`nv_inference_request_success{model="a",version="1"} 161
nv_inference_pending_request_count{model="a",version="1"} 3
nv_inference_pending_request_count{model="b",version="1"} 4`),
  ).toEqual({ ...NOTHING, waiting: 7 });
});

test("what is no number is absent, and metrics of something else are none", () => {
  expect(read("vllm:num_requests_running NaN\nvllm:num_requests_waiting 1")).toEqual({
    ...NOTHING,
    waiting: 1,
  });
  expect(read("process_cpu_seconds_total 9.11\nhttp_requests_total 3")).toBeUndefined();
  expect(read("<!doctype html><html></html>")).toBeUndefined();
});
