import type { StreamDecoder, StreamEvent } from "../core/stream-protocol.ts";
import { malformed, parseEventJson } from "./event-object.ts";
import { countIn, isObject, listIn, objectIn, textIn } from "./json.ts";
import { MODEL_LIST } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";
import { TGI_INFO } from "./tgi-generate.ts";

/**
 * Text classification in one plain JSON answer, as Hugging Face's servers speak it (text-embeddings-inference's
 * `/predict`, inference endpoints): each message is an input. One is sent as a text, several as a batch. A prediction counts
 * as a token, so that throughput is predictions per second.
 */
export const classify: StreamClient = {
  api: "classify",
  transport: "json",
  endMarker: null,
  ending: "close",
  probes: [TGI_INFO, MODEL_LIST],
  buildRequest: ({ messages }) => {
    const [input, ...more] = messages.map(({ content }) => content);
    return {
      path: "/predict",
      body: JSON.stringify({ inputs: more.length === 0 ? input : [input, ...more] }),
    };
  },
  createDecoder: createClassifyDecoder,
};

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
    if (labels.length !== inputs) {
      return malformed(`${labels.length} predictions for ${inputs} inputs`, data);
    }
    const usage = isObject(json) ? objectIn(json, "usage") : undefined;
    const promptTokens = usage === undefined ? undefined : countIn(usage, "prompt_tokens");
    return {
      kind: "chunk",
      hasChoices: true,
      content: { kind: "visible", text: labels.join("\n") },
      finishReason: null,
      usage: {
        promptTokens: promptTokens ?? null,
        completionTokens: labels.length,
        cachedTokens: null,
      },
      tokensSoFar: labels.length,
    };
  });
}

/** The label of each prediction; `undefined` where the answer is none. */
function labelsOf(json: unknown, inputs: number): string[] | undefined {
  // vLLM's and SGLang's `/classify`, behind a gateway that maps the path.
  const predictions = isObject(json)
    ? listIn(json, "data")
    : Array.isArray(json)
      ? json
      : undefined;
  const [first] = predictions ?? [];
  if (predictions === undefined || first === undefined) return undefined;
  // For one input all classes come in one list, the likeliest first.
  const oneOfAll = inputs === 1 && !isObject(json) && !Array.isArray(first);
  const labels: string[] = [];
  for (const prediction of oneOfAll ? [predictions] : predictions) {
    const label = labelOf(prediction);
    if (label === undefined) return undefined;
    labels.push(label);
  }
  return labels;
}

/** Of a prediction, or of the likeliest of a list with one for each class. */
function labelOf(prediction: unknown): string | undefined {
  if (isObject(prediction)) return textIn(prediction, "label");
  if (!Array.isArray(prediction)) return undefined;
  let best: string | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const entry of prediction) {
    if (!isObject(entry)) return undefined;
    const label = textIn(entry, "label");
    const score = entry["score"];
    if (label === undefined || typeof score !== "number") return undefined;
    if (score > bestScore) {
      best = label;
      bestScore = score;
    }
  }
  return best;
}
