import type { OutgoingHttpHeaders } from "node:http";
import type { GenerationService } from "../generation-service.ts";
import type { ServedModel } from "../served-model.ts";
import { openEventStream } from "./event-stream.ts";
import { generate, generateWhole } from "./generate.ts";
import { type Exchange, type Route, sendJson } from "./http-server.ts";
import { failedGeneration, TgiError } from "./tgi-error.ts";
import { MAX_STOP_SEQUENCES, type TgiRequest, tgiRequest } from "./tgi-request.ts";
import { readCompatBody, readGenerateBody, type TgiBody } from "./tgi-schema.ts";
import { tokenEvent, wholeObject } from "./tgi-wire.ts";

/** A comment after so long a silence, as TGI 3.3. */
export const TGI_KEEP_ALIVE_MS = 15_000;

/** text-generation-inference's own API. Nothing but a body that is none makes a stream's status other than 200. */
export function tgiRoutes(model: ServedModel, service: GenerationService): readonly Route[] {
  const stream = (exchange: Exchange, body: TgiBody): void =>
    streamAnswer(exchange, body, model, service);
  const whole = (exchange: Exchange, body: TgiBody, form: (answer: object) => object): void =>
    wholeAnswer(exchange, tgiRequest(body, false, model), model, service, form);
  return [
    {
      method: "POST",
      path: "/generate_stream",
      handle: async (exchange) => stream(exchange, await readGenerateBody(exchange)),
    },
    {
      method: "POST",
      path: "/generate",
      handle: async (exchange) => whole(exchange, await readGenerateBody(exchange), (a) => a),
    },
    {
      method: "POST",
      path: "/",
      handle: async (exchange) => {
        const body = await readCompatBody(exchange);
        if (body.stream) stream(exchange, body);
        else whole(exchange, body, (answer) => [answer]);
      },
    },
    {
      method: "GET",
      path: "/info",
      handle: ({ response }) => sendJson(response, 200, info(model, service)),
    },
  ];
}

/** @throws TgiError where nothing more can be taken on */
export function admit(service: GenerationService): void {
  if (service.failure !== null) throw failedGeneration(service.failure);
  if (!service.admits()) throw new TgiError("overloaded", "Model is overloaded");
}

/** Headers go out before anything is known, as TGI's do: what is wrong with the request comes as an event. */
function streamAnswer(
  exchange: Exchange,
  body: TgiBody,
  model: ServedModel,
  service: GenerationService,
): void {
  const stream = openEventStream(exchange.response, {
    headers: tgiStreamHeaders(body.inputs.length),
    keepAliveMs: TGI_KEEP_ALIVE_MS,
  });
  const fail = (error: TgiError): void => {
    stream.send(error.body());
    stream.end();
  };
  try {
    const request = tgiRequest(body, true, model);
    admit(service);
    let text = "";
    generate(exchange, request, service, {
      token: (generated, tokens) => {
        text += generated.text;
        stream.send(tokenEvent(generated, tokens, request, model, text));
        if (generated.finish !== null) stream.end();
      },
      failed: (message) => fail(failedGeneration(message)),
    });
  } catch (error) {
    if (!(error instanceof TgiError)) throw error;
    fail(error);
  }
}

function wholeAnswer(
  exchange: Exchange,
  request: TgiRequest,
  model: ServedModel,
  service: GenerationService,
  form: (answer: object) => object,
): void {
  admit(service);
  const { response } = exchange;
  generateWhole(exchange, request, service, {
    done: ({ tokens, promptScores }, finish) => {
      const headers = wholeHeaders(exchange, request, tokens.length);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      sendJson(response, 200, form(wholeObject(tokens, finish, promptScores, request, model)));
    },
    failed: (message) => {
      const error = failedGeneration(message);
      sendJson(response, error.status, error.body());
    },
  });
}

/** @param characters of the input, where it is a text */
export function tgiStreamHeaders(characters?: number): OutgoingHttpHeaders {
  return {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    "X-Compute-Type": "cpu",
    ...(characters === undefined ? {} : { "X-Compute-Characters": characters }),
    "X-Accel-Buffering": "no",
  };
}

/** Those of TGI's figures that are known here; milliseconds. */
function wholeHeaders(
  { receivedMs }: Exchange,
  { characters, prompt }: TgiRequest,
  generatedTokens: number,
): Readonly<Record<string, string | number>> {
  return {
    "X-Compute-Type": "cpu",
    "X-Compute-Characters": characters,
    "X-Total-Time": Math.round(performance.now() - receivedMs),
    "X-Prompt-Tokens": prompt.length,
    "X-Generated-Tokens": generatedTokens,
  };
}

/** The version is the one whose wire format is spoken. */
function info(model: ServedModel, service: GenerationService): object {
  return {
    model_id: model.name,
    model_sha: null,
    model_pipeline_tag: "text-generation",
    max_concurrent_requests: service.maxConcurrentRequests,
    max_best_of: 1,
    max_stop_sequences: MAX_STOP_SEQUENCES,
    max_input_tokens: model.maxLength - 1,
    max_total_tokens: model.maxLength,
    validation_workers: 1,
    max_client_batch_size: 1,
    router: "model-server",
    version: "3.3.7",
    sha: null,
    docker_label: null,
  };
}
