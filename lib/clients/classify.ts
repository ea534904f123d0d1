// @transient
import type { StreamDecoder, StreamEvent } from "../core/stream-protocol.ts";
import { malformed, parseEventJson } from "./event-object.ts";
import { countIn, isObject, listIn, objectIn, textIn } from "./json.ts";
import { textOrTexts } from "./prompt-text.ts";
import { modelList, serverInfo } from "./server-probes.ts";
import type { StreamClient } from "./stream-client.ts";

/**
 * Text classification in one plain JSON answer, as Hugging Face's servers speak it (text-embeddings-inference's
 * `/predict`, inference endpoints): each message is an input. One is sent as a text, several as a batch. A prediction counts
 * as a token, so that throughput is predictions per second.
 */
export function classify(): StreamClient {
  return {
    api: "classify",
    transport: "json",
    endMarker: null,
    ending: "close",
    probes: [serverInfo(), modelList()],
    buildRequest: ({ messages }) => ({
      path: "/predict",
      body: JSON.stringify({ inputs: textOrTexts(messages) }),
    }),
    createDecoder: createClassifyDecoder,
  };
}

/** @param inputs how many texts the request held: the answer must have a prediction for each */
function createClassifyDecoder(inputs = 1): StreamDecoder {
  return {
    decode: (data) => parseAnswer(data, inputs),
    readTexts: () => ({ kind: "visible", texts: [] }),
  };
}

function parseAnswer(data: string, inputs: number): StreamEvent {
  return parseEventJson(data, (json) => {
    const labels = labelsOf(json, inputs);
    if (labels === undefined) return malformed("no predictions", data);
    const completionTokens = labels.length;
    if (completionTokens !== inputs) {
      return malformed(`${completionTokens} predictions for ${inputs} inputs`, data);
    }
    const usage = isObject(json) ? objectIn(json, "usage") : undefined;
    const promptTokens = (usage && countIn(usage, "prompt_tokens")) ?? null;
    return {
      kind: "chunk",
      hasChoices: true,
      content: { kind: "visible", text: labels.join("\n") },
      finishReason: null,
      usage: { promptTokens, completionTokens, cachedTokens: null },
      tokensSoFar: completionTokens,
    };
  });
}

/**
 * The label of each prediction; `undefined` where the answer is none. A prediction is an object, or a list of one for each
 * class, the likeliest first; for one input its classes may come without a list of their own around them. vLLM and SGLang
 * answer `{"data": [...]}`, also through a gateway that has them behind `/predict`.
 */
function labelsOf(json: unknown, inputs: number): string[] | undefined {
  const list = isObject(json) ? listIn(json, "data") : json;
  if (!Array.isArray(list)) return undefined;
  const items: readonly unknown[] = list;
  const predictions = inputs === 1 && isObject(items[0]) ? [items] : items;
  const labels: string[] = [];
  for (const prediction of predictions) {
    const likeliest: unknown = Array.isArray(prediction) ? prediction[0] : prediction;
    const label = isObject(likeliest) ? textIn(likeliest, "label") : undefined;
    if (label === undefined) return undefined;
    labels.push(label);
  }
  return labels;
}
