import { Counter, Gauge, Histogram, Registry } from "prom-client";

export type FinishedReason = "stop" | "length" | "abort" | "error";

/** Where the queue stands, read when somebody asks. */
export interface Occupancy {
  readonly running: number;
  readonly waiting: number;
}

/** What a server counts of itself, in whatever names. */
export interface GenerationMetrics {
  readonly rejected: () => void;
  readonly started: (queuedMs: number) => void;
  readonly firstToken: (sinceReceivedMs: number, promptTokens: number) => void;
  readonly laterToken: (gapMs: number) => void;
  readonly step: (tokensRead: number, cacheUsage: number) => void;
  /** @param times when each token was sent, milliseconds */
  readonly finished: (
    reason: FinishedReason,
    promptTokens: number,
    receivedMs: number,
    times: readonly number[],
  ) => void;
  /** The text format that Prometheus scrapes. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** vLLM 0.32's buckets, seconds. */
const TTFT_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  160, 640, 2560,
];
const ITL_BUCKETS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const REQUEST_BUCKETS = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];
const TOKEN_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const ITERATION_BUCKETS = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];

/**
 * What the server measures of itself, under vLLM's names, help texts, labels and buckets, so that what scrapes vLLM
 * scrapes this. Metrics of vLLM's that have no counterpart here (prefix cache, preemption) are left out, not zero.
 */
export class ServerMetrics implements GenerationMetrics {
  readonly #registry = new Registry();
  readonly #promptTokens: Counter;
  readonly #generationTokens: Counter;
  readonly #requestSuccess: Counter<"finished_reason">;
  readonly #rejections: Counter<"reason">;
  readonly #cacheUsage: Gauge;
  readonly #iterationTokens: Histogram;
  readonly #timeToFirstToken: Histogram;
  readonly #interTokenLatency: Histogram;
  readonly #timePerOutputToken: Histogram;
  readonly #endToEnd: Histogram;
  readonly #queueTime: Histogram;
  readonly #requestPromptTokens: Histogram;
  readonly #requestGenerationTokens: Histogram;

  constructor(modelName: string, occupancy: () => Occupancy) {
    this.#registry.setDefaultLabels({ engine: "0", model_name: modelName });
    const registers = [this.#registry];
    const counter = (name: string, help: string) =>
      new Counter({ name: `vllm:${name}`, help, registers });
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name: `vllm:${name}`, help, buckets, registers });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `vllm:${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });

    gauge(
      "num_requests_running",
      "Number of requests in model execution batches.",
      () => occupancy().running,
    );
    gauge(
      "num_requests_waiting",
      "Number of requests waiting to be processed.",
      () => occupancy().waiting,
    );
    this.#cacheUsage = new Gauge({
      name: "vllm:kv_cache_usage_perc",
      help: "KV-cache usage. 1 means 100 percent usage.",
      registers,
    });
    this.#promptTokens = counter("prompt_tokens_total", "Number of prefill tokens processed.");
    this.#generationTokens = counter(
      "generation_tokens_total",
      "Number of generation tokens processed.",
    );
    this.#requestSuccess = new Counter({
      name: "vllm:request_success_total",
      help: "Count of successfully processed requests.",
      labelNames: ["finished_reason"],
      registers,
    });
    for (const reason of ["stop", "length", "abort", "error"]) {
      this.#requestSuccess.inc({ finished_reason: reason }, 0);
    }
    this.#rejections = new Counter({
      name: "vllm:admission_rejections_total",
      help: "Number of admission attempts rejected by a queue limit, by reason.",
      labelNames: ["reason"],
      registers,
    });
    this.#rejections.inc({ reason: "max_num_queued_reqs" }, 0);
    this.#iterationTokens = histogram(
      "iteration_tokens_total",
      "Histogram of number of tokens per engine_step.",
      ITERATION_BUCKETS,
    );
    this.#timeToFirstToken = histogram(
      "time_to_first_token_seconds",
      "Histogram of time to first token in seconds.",
      TTFT_BUCKETS,
    );
    this.#interTokenLatency = histogram(
      "inter_token_latency_seconds",
      "Histogram of inter-token latency in seconds.",
      ITL_BUCKETS,
    );
    this.#timePerOutputToken = histogram(
      "request_time_per_output_token_seconds",
      "Histogram of time_per_output_token_seconds per request.",
      ITL_BUCKETS,
    );
    this.#endToEnd = histogram(
      "e2e_request_latency_seconds",
      "Histogram of e2e request latency in seconds.",
      REQUEST_BUCKETS,
    );
    this.#queueTime = histogram(
      "request_queue_time_seconds",
      "Histogram of time spent in WAITING phase for request.",
      REQUEST_BUCKETS,
    );
    this.#requestPromptTokens = histogram(
      "request_prompt_tokens",
      "Number of prefill tokens processed.",
      TOKEN_BUCKETS,
    );
    this.#requestGenerationTokens = histogram(
      "request_generation_tokens",
      "Number of generation tokens processed.",
      TOKEN_BUCKETS,
    );
  }

  rejected(): void {
    this.#rejections.inc({ reason: "max_num_queued_reqs" });
  }

  started(queuedMs: number): void {
    this.#queueTime.observe(queuedMs / 1000);
  }

  firstToken(sinceReceivedMs: number, promptTokens: number): void {
    this.#promptTokens.inc(promptTokens);
    this.#generationTokens.inc();
    this.#timeToFirstToken.observe(sinceReceivedMs / 1000);
  }

  laterToken(gapMs: number): void {
    this.#generationTokens.inc();
    this.#interTokenLatency.observe(gapMs / 1000);
  }

  step(tokensRead: number, cacheUsage: number): void {
    this.#iterationTokens.observe(tokensRead);
    this.#cacheUsage.set(cacheUsage);
  }

  /** @param times of a request that had at least one token: when each was sent, milliseconds */
  finished(
    reason: FinishedReason,
    promptTokens: number,
    receivedMs: number,
    times: readonly number[],
  ): void {
    this.#requestSuccess.inc({ finished_reason: reason });
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) return;
    this.#endToEnd.observe((last - receivedMs) / 1000);
    this.#requestPromptTokens.observe(promptTokens);
    this.#requestGenerationTokens.observe(times.length);
    if (times.length > 1) {
      this.#timePerOutputToken.observe((last - first) / 1000 / (times.length - 1));
    }
  }

  /** The text format that Prometheus scrapes. */
  async render(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
