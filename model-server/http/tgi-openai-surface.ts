import { z } from "zod";
import type { GenerationService } from "../generation-service.ts";
import type { ServedModel } from "../served-model.ts";
import { DONE, openEventStream } from "./event-stream.ts";
import { generate, generateWhole, type Prompted } from "./generate.ts";
import { type Exchange, type Route, sendJson } from "./http-server.ts";
import { chatPrompt } from "./openai-request.ts";
import { chatFields, refuseForcedTools, refuseUnsupported } from "./openai-schema.ts";
import { failedGeneration, invalidInput, TgiError, withTgiErrors } from "./tgi-error.ts";
import {
  type TgiOpenAiFormat,
  type TgiUsage,
  tgiChatFormat,
  tgiCompletionFormat,
} from "./tgi-openai-wire.ts";
import { allowedTokens, checkSampling, tgiGeneration, tgiSampling } from "./tgi-request.ts";
import { readTgiBody } from "./tgi-schema.ts";
import { admit, TGI_KEEP_ALIVE_MS, tgiStreamHeaders } from "./tgi-surface.ts";

/** Fields that TGI reads of both endpoints; it ignores others, the model's name among what it does not check. */
const commonFields = {
  max_tokens: z.int().min(0).nullish(),
  stop: z.array(z.string()).nullish(),
  seed: z.int().min(0).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
};

const chatBody = z.looseObject({ ...commonFields, ...chatFields });
const completionBody = z.looseObject({ ...commonFields, prompt: z.string() });

type CommonFields = Pick<z.infer<typeof chatBody>, keyof typeof commonFields>;

/** Fields that TGI has and this server does not; values that ask for nothing pass. */
const UNSUPPORTED = {
  n: [1],
  best_of: [1],
  logprobs: [false, 0],
  top_logprobs: [0],
  logit_bias: [],
  presence_penalty: [0],
  frequency_penalty: [0],
  repetition_penalty: [1],
  suffix: [""],
  response_format: [],
};

/** OpenAI's text endpoints in TGI's dialect, which leaves the reading of a request to its stream. */
export function tgiOpenAiRoutes(model: ServedModel, service: GenerationService): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/v1/chat/completions",
      handle: async (exchange) => {
        const body = await readTgiBody(exchange, chatBody);
        answer(exchange, body, tgiChatFormat, model, service, () => {
          refuseForcedTools(body);
          return chatPrompt(body, model, true);
        });
      },
    },
    {
      method: "POST",
      path: "/v1/completions",
      handle: async (exchange) => {
        const body = await readTgiBody(exchange, completionBody);
        const prompt = () => model.encode(body.prompt, true);
        answer(exchange, body, tgiCompletionFormat, model, service, prompt);
      },
    },
    {
      method: "GET",
      path: "/v1/models",
      handle: ({ response }) => sendJson(response, 200, modelList(model)),
    },
  ];
}

function answer(
  exchange: Exchange,
  body: CommonFields,
  format: TgiOpenAiFormat,
  model: ServedModel,
  service: GenerationService,
  promptOf: () => readonly number[],
): void {
  const read = (): Prompted =>
    withTgiErrors(() => {
      refuseUnsupported(body, UNSUPPORTED);
      const request = readRequest(body, promptOf, model);
      admit(service);
      return request;
    });
  if (body.stream === true) streamAnswer(exchange, read, body, format, model, service);
  else wholeAnswer(exchange, read(), format, model, service);
}

/** A temperature of 0 is greedy here, though TGI's own API refuses it; the other bounds are the same. */
function readRequest(
  body: CommonFields,
  promptOf: () => readonly number[],
  model: ServedModel,
): Prompted {
  const isGreedy = body.temperature === 0;
  const asked = isGreedy ? { ...body, temperature: null } : body;
  checkSampling(asked);
  if (body.max_tokens === 0) throw invalidInput("`max_new_tokens` must be strictly positive");
  const prompt = promptOf();
  if (prompt.length === 0) throw invalidInput("`inputs` cannot be empty");
  const sampling = tgiSampling(!isGreedy || body.top_p != null, asked);
  const maxNewTokens = allowedTokens(prompt.length, body.max_tokens ?? null, model);
  const stop = body.stop ?? [];
  return { prompt, parameters: tgiGeneration({ maxNewTokens, stop, sampling }, null, false) };
}

function streamAnswer(
  exchange: Exchange,
  read: () => Prompted,
  body: CommonFields,
  format: TgiOpenAiFormat,
  model: ServedModel,
  service: GenerationService,
): void {
  const stream = openEventStream(exchange.response, {
    headers: tgiStreamHeaders(),
    keepAliveMs: TGI_KEEP_ALIVE_MS,
  });
  const fail = ({ message }: TgiError): void => {
    // Whatever it is, overload included.
    stream.send({ error: { message, http_status_code: 422 } });
    stream.end(DONE);
  };
  try {
    const request = read();
    generate(exchange, request, service, {
      token: (generated, completionTokens) => {
        const usage: TgiUsage = { promptTokens: request.prompt.length, completionTokens };
        stream.send(format.chunk(model, generated, usage));
        if (generated.finish === null) return;
        const last =
          body.stream_options?.include_usage === true ? format.usageChunk(model, usage) : null;
        if (last !== null) stream.send(last);
        stream.end(DONE);
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
  request: Prompted,
  format: TgiOpenAiFormat,
  model: ServedModel,
  service: GenerationService,
): void {
  const { response } = exchange;
  generateWhole(exchange, request, service, {
    done: ({ text, tokens }, finish) => {
      const usage = { promptTokens: request.prompt.length, completionTokens: tokens.length };
      sendJson(response, 200, format.whole(model, text, finish, usage));
    },
    failed: (message) => {
      const error = failedGeneration(message);
      sendJson(response, error.status, error.body());
    },
  });
}

/** TGI's list, and the digest of the model's files as `artifact`. */
function modelList({ name, digest }: ServedModel): object {
  return {
    object: "list",
    data: [{ id: name, object: "model", created: 0, owned_by: name, artifact: digest }],
  };
}
