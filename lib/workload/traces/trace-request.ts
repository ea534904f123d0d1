/** One request of a recorded trace: when it came and how long it was; traces hold no text. */
export interface TraceRequest {
  /** Milliseconds since the first request of the trace. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Ids of the blocks that the input is made of, from its start; equal ids at the start are a shared prefix. `null` where the trace doesn't tell. */
  readonly prefixIds: readonly number[] | null;
}
