import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { FinishedReason, GenerationMetrics, Occupancy } from "./server-metrics.ts";

/** TGI's buckets of seconds: each half as long again. */
const DURATION_BUCKETS = Array.from({ length: 35 }, (_, n) => 0.00015 * 1.5 ** n);

/** Its buckets of tokens: hundredths of the most that there can be. */
function tokenBuckets(most: number): number[] {
  return Array.from({ length: 100 }, (_, n) => (most / 100) * (n + 1));
}

/**
 * What the server measures of itself under TGI 3.3's names, help texts and kinds of buckets, none of them labelled. TGI has
 * no histogram of the time to the first token. Its metrics that have no counterpart here are left out, not zero.
 */
export class TgiMetrics implements GenerationMetrics {
  readonly #registry = new Registry();
  readonly #count: Counter;
  readonly #success: Counter;
  readonly #failure: Counter<"err">;
  readonly #duration: Histogram;
  readonly #queueDuration: Histogram;
  readonly #meanTimePerToken: Histogram;
  readonly #generatedTokens: Histogram;
  readonly #inputLength: Histogram;

  /** @param maxLength tokens of prompt and answer together */
  constructor(maxLength: number, occupancy: () => Occupancy) {
    const registers = [this.#registry];
    const counter = (name: string, help: string) =>
      new Counter({ name: `tgi_${name}`, help, registers });
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name: `tgi_${name}`, help, buckets, registers });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `tgi_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge("queue_size", "Current queue size", () => occupancy().waiting);
    gauge("batch_current_size", "Current batch size", () => occupancy().running);
    this.#count = counter("request_count", "Total number of requests");
    this.#success = counter("request_success", "Number of successful requests");
    this.#failure = new Counter({
      name: "tgi_request_failure",
      help: "Number of failed requests",
      labelNames: ["err"],
      registers,
    });
    this.#duration = histogram("request_duration", "Request duration", DURATION_BUCKETS);
    this.#queueDuration = histogram(
      "request_queue_duration",
      "Request queue duration",
      DURATION_BUCKETS,
    );
    this.#meanTimePerToken = histogram(
      "request_mean_time_per_token_duration",
      "Mean time per token per request",
      DURATION_BUCKETS,
    );
    this.#generatedTokens = histogram(
      "request_generated_tokens",
      "Generated tokens per request",
      tokenBuckets(maxLength),
    );
    this.#inputLength = histogram(
      "request_input_length",
      "Input token length per request",
      tokenBuckets(maxLength - 1),
    );
  }

  rejected(): void {
    this.#failure.inc({ err: "overloaded" });
  }

  started(queuedMs: number): void {
    this.#queueDuration.observe(queuedMs / 1000);
  }

  firstToken(_sinceReceivedMs: number, promptTokens: number): void {
    this.#inputLength.observe(promptTokens);
  }

  laterToken(): void {}

  step(): void {}

  finished(
    reason: FinishedReason,
    _promptTokens: number,
    receivedMs: number,
    times: readonly number[],
  ): void {
    this.#count.inc();
    if (reason === "abort") this.#failure.inc({ err: "dropped" });
    if (reason === "error") this.#failure.inc({ err: "generation" });
    const first = times[0];
    const last = times.at(-1);
    if ((reason !== "stop" && reason !== "length") || first === undefined || last === undefined) {
      return;
    }
    this.#success.inc();
    this.#duration.observe((last - receivedMs) / 1000);
    this.#generatedTokens.observe(times.length);
    this.#meanTimePerToken.observe((last - receivedMs) / 1000 / times.length);
  }

  async render(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
