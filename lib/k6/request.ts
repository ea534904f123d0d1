import type { StreamClient } from "../clients/stream-client.ts";
import type { ChatMessage, ToolDefinition } from "../core/chat-message.ts";
import { type LoadPlan, windowAt } from "../core/load-plan.ts";
import { microseconds } from "../core/microseconds.ts";
import type { Redact } from "../core/redact.ts";
import { requestMetrics } from "../core/request-metrics.ts";
import { RECORD_VERSION, type RequestRecord } from "../core/request-record.ts";
import { serverWords } from "../core/server-words.ts";
import type { Settings } from "../core/settings.ts";
import { meetsSlo, type Slo } from "../core/slo.ts";
import type { StreamCapture } from "../core/stream-protocol.ts";
import { textHash } from "../core/text-hash.ts";
import { assembleTokenStream, type TokenStream } from "../core/token-stream.ts";
import { withErrorReason } from "./error-reason.ts";
import { captureJson } from "./json-transport.ts";
import { cohortTags, countRequest, countStarted } from "./metrics.ts";
import type { ScenarioClock } from "./scenario-clock.ts";
import { captureStream } from "./sse-transport.ts";

/** What all requests of a user share. */
export interface RequestContext {
  readonly client: StreamClient;
  readonly settings: Settings;
  readonly plan: LoadPlan;
  readonly baseUrl: string;
  readonly model: string;
  readonly slo: Slo;
  readonly clock: ScenarioClock;
  readonly redact: Redact;
}

/** What its record says of a request before it is sent. */
export type RequestIdentity = Pick<
  RequestRecord,
  | "id"
  | "instance"
  | "vu"
  | "iteration"
  | "stream"
  | "promptId"
  | "conversation"
  | "turn"
  | "attempt"
  | "askedTokens"
>;

/** When an open loop wanted the request, and when a user was there for it; `null` in a closed loop. */
export type Arrival = { readonly scheduledMs: number; readonly readyMs: number } | null;

export interface RequestContent {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[] | null;
  readonly maxTokens: number;
  readonly exactLength: boolean;
  readonly reference: string | null;
}

/** A request that is over: its record, and the text of the answer, which the record may not hold. */
export interface DoneRequest {
  readonly record: RequestRecord;
  readonly text: string;
}

/** Sends one request, follows its stream to the end, and adds it to the metrics. */
export async function sendRequest(
  context: RequestContext,
  identity: RequestIdentity,
  content: RequestContent,
  arrival: Arrival,
): Promise<DoneRequest> {
  const { client, settings } = context;
  const wire = client.buildRequest({
    model: context.model,
    messages: content.messages,
    tools: content.tools,
    maxTokens: content.maxTokens,
    exactLength: content.exactLength,
    seed: settings.seed,
  });
  const request = {
    url: context.baseUrl + wire.path,
    headers: requestHeaders(settings.apiKey, identity.id),
    body: wire.body,
    timeoutMs: settings.timeoutMs,
    endMarker: client.endMarker,
  };
  const captureAnswer = client.transport === "json" ? captureJson : captureStream;
  const capture = await captureAnswer(request, context.clock, (sentMs) => {
    const tags = cohortTags(context.plan, sentMs, identity.stream);
    countStarted(tags);
    return tags;
  });
  const { text, ...stream } = assembleTokenStream(
    settings.instead === "once" ? await withErrorReason(capture, request, context.clock) : capture,
    client.createDecoder(content.messages.length),
    client.ending,
    settings.timeoutMs,
  );
  const window = windowAt(context.plan, capture.sentMs);
  const record = recordOf(context, identity, { ...stream, text }, arrival, window, content);
  return { record, text };
}

/** Records a request whose time came while all users were busy, until the plan was over. */
export function giveUpRequest(
  context: RequestContext,
  identity: RequestIdentity,
  arrival: { readonly scheduledMs: number; readonly readyMs: number },
): RequestRecord {
  const { plan } = context;
  const window = windowAt(plan, arrival.scheduledMs);
  return recordOf(context, identity, unsentStream(context, arrival.readyMs), arrival, window, null);
}

function recordOf(
  { settings, slo, redact }: RequestContext,
  identity: RequestIdentity,
  { text, ...stream }: TokenStream,
  arrival: Arrival,
  window: Pick<RequestRecord, "phase" | "level">,
  content: RequestContent | null,
): RequestRecord {
  const times = {
    ...stream,
    // Closed loop: a request is wanted when it is sent.
    scheduledMs: arrival === null ? stream.sentMs : microseconds(arrival.scheduledMs),
    readyMs: arrival === null ? null : microseconds(arrival.readyMs),
  };
  const metrics = stream.outcome === "completed" ? requestMetrics(times) : undefined;
  const record: RequestRecord = {
    kind: "request",
    version: RECORD_VERSION,
    ...identity,
    phase: window.phase,
    level: window.level,
    ...times,
    ...serverWords({ ...stream, text: settings.text === "full" ? text : null }, redact),
    good: metrics !== undefined && meetsSlo(slo, metrics),
    textHash: settings.text === "hash" ? textHash(text) : null,
    reference: settings.text === "full" ? (content?.reference ?? null) : null,
  };
  countRequest(record, metrics);
  return record;
}

/** An answer that never was. */
function unsentStream(context: RequestContext, atMs: number): TokenStream {
  const nothing: StreamCapture = {
    sentMs: atMs,
    headersMs: null,
    endMs: atMs,
    status: null,
    eventMs: [],
    eventData: [],
    transportError: null,
    timedOut: false,
    strayLine: null,
    retryAfterMs: null,
  };
  const { client, plan } = context;
  return {
    ...assembleTokenStream(nothing, client.createDecoder(), client.ending, 0),
    outcome: "unsent",
    detail: `all ${plan.maxVus} users were busy until the end of the plan`,
  };
}

/** Headers of every call to the server. */
export function serverHeaders(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
}

function requestHeaders(apiKey: string | undefined, id: string): Record<string, string> {
  return { ...serverHeaders(apiKey), "Content-Type": "application/json", "X-Request-Id": id };
}
