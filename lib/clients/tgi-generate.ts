// @transient
import type { Usage } from "../core/request-record.ts";
import type { StreamContent, StreamDecoder, StreamEvent } from "../core/stream-protocol.ts";
import { malformed, parseEventObject } from "./event-object.ts";
import { countIn, type JsonObject, objectIn, textIn } from "./json.ts";
import { promptText } from "./prompt-text.ts";
import { serverInfo } from "./server-probes.ts";
import type { StreamClient } from "./stream-client.ts";

/** Why an answer ended, from a server or proxy that gives no details though they were asked for. */
const UNTOLD_REASON = "unknown";

/**
 * TGI's own `/generate_stream`: an event a token, the last of them with the whole text and, since they are asked for, the
 * details: why it ended and how many tokens there were. No `[DONE]`. Greedy by `do_sample: false`, since a temperature of 0
 * is refused. TGI ignores `ignore_eos` without a word, so it is not sent: an answer has `maxTokens` tokens at most.
 */
export function tgiGenerate(): StreamClient {
  return {
    api: "tgi-generate",
    transport: "sse",
    endMarker: null,
    ending: "finish-reason",
    probes: [serverInfo()],
    buildRequest: (request) => ({
      path: "/generate_stream",
      body: JSON.stringify({
        inputs: promptText(request.messages),
        parameters: { max_new_tokens: request.maxTokens, do_sample: false, details: true },
      }),
    }),
    createDecoder: createTgiDecoder,
  };
}

/** Each event has an id and a log-probability of its own, so each is parsed: there are no runs of texts to read. */
function createTgiDecoder(): StreamDecoder {
  let tokens = 0;
  return {
    decode: (data) => {
      const event = parseTgiEvent(data, tokens + 1);
      if (event.kind === "chunk") tokens += 1;
      return event;
    },
    readTexts: () => ({ kind: "visible", texts: [] }),
  };
}

/** @param tokensSoFar tokens with that of this event, whether it shows a text or not */
function parseTgiEvent(data: string, tokensSoFar: number): StreamEvent {
  return parseEventObject(data, (json) => {
    const token = objectIn(json, "token");
    if (token === undefined) return malformed("no token", data);
    const details = objectIn(json, "details");
    const isLast = typeof json["generated_text"] === "string";
    return {
      kind: "chunk",
      hasChoices: true,
      content: contentOf(token),
      finishReason: isLast ? finishReasonOf(details) : null,
      usage: details === undefined ? null : usageOf(details),
      tokensSoFar,
    };
  });
}

function finishReasonOf(details: JsonObject | undefined): string {
  return (details && textIn(details, "finish_reason")) ?? UNTOLD_REASON;
}

/** Seeds in the details may be beyond what a number holds exactly; nothing of them is used. */
function usageOf(details: JsonObject): Usage | null {
  const completionTokens = countIn(details, "generated_tokens");
  if (completionTokens === undefined) return null;
  // Older versions do not tell the input's length.
  const promptTokens = countIn(details, "input_length") ?? null;
  return { promptTokens, completionTokens, cachedTokens: null };
}

/** The end-of-text token is an event with a text of its own, which is no part of the answer. */
function contentOf(token: JsonObject): StreamContent | null {
  const text = token["special"] === true ? undefined : textIn(token, "text");
  return text === undefined ? null : { kind: "visible", text };
}
