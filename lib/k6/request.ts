import type { StreamClient } from "../clients/stream-client.ts";
import { type LoadPlan, windowAt } from "../core/load-plan.ts";
import { requestMetrics } from "../core/request-metrics.ts";
import { RECORD_VERSION, type RequestRecord } from "../core/request-record.ts";
import type { Settings } from "../core/settings.ts";
import { meetsSlo, type Slo } from "../core/slo.ts";
import { textHash } from "../core/text-hash.ts";
import { assembleTokenStream } from "../core/token-stream.ts";
import type { Prompt } from "../workload/prompt-set.ts";
import { cohortTags, countRequest, countStarted } from "./metrics.ts";
import type { ScenarioClock } from "./scenario-clock.ts";
import { captureStream } from "./sse-transport.ts";

export type RequestIdentity = Pick<RequestRecord, "id" | "instance" | "vu" | "iteration">;

/** What all requests of a run share. */
export interface RequestContext {
  readonly client: StreamClient;
  readonly settings: Settings;
  readonly plan: LoadPlan;
  readonly baseUrl: string;
  readonly model: string;
  readonly slo: Slo;
  readonly exactLength: boolean;
  readonly clock: ScenarioClock;
}

/** Sends one request, follows its stream to the end, adds it to the metrics, and returns its record. */
export async function sendRequest(
  context: RequestContext,
  identity: RequestIdentity,
  prompt: Prompt,
): Promise<RequestRecord> {
  const { client, settings } = context;
  const wire = client.buildRequest({
    model: context.model,
    messages: [{ role: "user", content: prompt.text }],
    tools: null,
    maxTokens: settings.maxTokens,
    exactLength: context.exactLength,
    seed: settings.seed,
  });
  const request = {
    url: context.baseUrl + wire.path,
    headers: requestHeaders(settings.apiKey, identity.id),
    body: wire.body,
    timeoutMs: settings.timeoutMs,
    endMarker: client.endMarker,
  };
  const capture = await captureStream(request, context.clock, (sentMs) => {
    const tags = cohortTags(context.plan, sentMs);
    countStarted(tags);
    return tags;
  });
  const { text, detail, ...stream } = assembleTokenStream(
    capture,
    client.createDecoder(),
    client.ending,
    settings.timeoutMs,
  );
  const metrics = stream.outcome === "completed" ? requestMetrics(stream) : undefined;
  const { phase, level } = windowAt(context.plan, capture.sentMs);
  const record: RequestRecord = {
    kind: "request",
    version: RECORD_VERSION,
    ...identity,
    phase,
    level,
    stream: null,
    promptId: prompt.id,
    conversation: null,
    turn: null,
    attempt: 1,
    askedTokens: settings.maxTokens,
    readyMs: null,
    // Closed loop: a request is wanted when it is sent.
    scheduledMs: stream.sentMs,
    ...stream,
    detail: redact(detail, settings.apiKey),
    good: metrics !== undefined && meetsSlo(context.slo, metrics),
    text: settings.text === "full" ? text : null,
    textHash: settings.text === "hash" ? textHash(text) : null,
    reference: null,
  };
  countRequest(record, metrics);
  return record;
}

/** Headers of every call to the server. */
export function serverHeaders(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
}

function requestHeaders(apiKey: string | undefined, id: string): Record<string, string> {
  return { ...serverHeaders(apiKey), "Content-Type": "application/json", "X-Request-Id": id };
}

/** Servers quote the key they refuse. */
function redact(detail: string | null, apiKey: string | undefined): string | null {
  if (detail === null || apiKey === undefined) return detail;
  return detail.split(apiKey).join("[redacted]");
}
