import type { RequestRecord, RunHeader } from "../../lib/core/request-record.ts";
import { noSla } from "../../lib/core/sla.ts";

/** A completed request of 3 content events at 100, 120 and 150 ms after it was sent, with what a test cares for changed. */
export function requestRecord(change: Partial<RequestRecord> = {}): RequestRecord {
  const sentMs = change.sentMs ?? 0;
  return {
    kind: "request",
    version: 1,
    id: "run-a-1-0",
    instance: "a",
    vu: 1,
    iteration: 0,
    phase: "steady",
    level: 1,
    stream: null,
    promptId: "p1",
    conversation: null,
    turn: null,
    attempt: 1,
    askedTokens: null,
    scheduledMs: sentMs,
    readyMs: null,
    sentMs,
    headersMs: sentMs + 5,
    firstEventMs: sentMs + 90,
    firstContentMs: sentMs + 100,
    firstVisibleMs: sentMs + 100,
    lastContentMs: sentMs + 150,
    endMs: sentMs + 151,
    gapsUs: [20_000, 30_000],
    chunkTokens: null,
    chunkChars: [4, 4, 4],
    contentKinds: "visible",
    finishReason: "length",
    usage: { promptTokens: 10, completionTokens: 3, cachedTokens: null },
    outputTokens: 3,
    tokenSource: "usage",
    status: 200,
    outcome: "completed",
    detail: null,
    stalled: false,
    retryAfterMs: null,
    good: true,
    text: null,
    textHash: null,
    reference: null,
    ...change,
  };
}

/** The header of a run of one steady second at one user. */
export function runHeader(change: Partial<RunHeader> = {}): RunHeader {
  return {
    kind: "run",
    version: 1,
    profile: "chat-sweep",
    runId: "run",
    instance: "a",
    t0EpochMs: 1_795_000_000_000,
    plan: {
      kind: "closed",
      windows: [{ phase: "steady", level: 1, startMs: 0, endMs: 1000, arrivals: null }],
      maxVus: 1,
    },
    settings: {},
    slaName: null,
    sla: noSla(),
    labels: {},
    seed: 1,
    model: "m",
    api: "vllm-chat",
    ...change,
  };
}
