import { z } from "zod";
import type { GenerationService } from "../generation-service.ts";
import type { ServedModel } from "../served-model.ts";
import { ApiError, HttpFailure } from "./api-error.ts";
import { type EventStream, openEventStream } from "./event-stream.ts";
import { generate, generateWhole } from "./generate.ts";
import { type Exchange, type Route, sendJson } from "./http-server.ts";
import { completionRequest, type TextRequest } from "./openai-request.ts";
import { fieldProblem, generationFields, refuseUnsupported, UNSUPPORTED } from "./openai-schema.ts";

/** Triton's form of any refusal. */
class TritonError extends HttpFailure {
  override readonly name = "TritonError";

  override body(): { readonly error: string } {
    return { error: this.message };
  }
}

const VERSION = "1";
const flags = { stream: z.boolean().nullish(), exclude_input_in_output: z.boolean().nullish() };

/** Sampling parameters of Triton's vLLM backend, which are vLLM's, and the inputs that may stand among them. */
const sampling = z.object({ ...generationFields, ...flags });

const generateBody = z.object({
  text_input: z.string(),
  parameters: sampling.loose().default({}),
  ...flags,
});

/** What a request asks for; inputs may stand beside the text or among the parameters. */
interface TritonRequest extends TextRequest {
  readonly prefix: string;
}

/** Triton's generate extension (`text_input` to `text_output`) as its vLLM backend serves it, and its health endpoints. */
export function tritonRoutes(served: ServedModel, service: GenerationService): readonly Route[] {
  const ready = (): boolean => service.failure === null;
  const status = (path: string, answers: (exchange: Exchange) => boolean): Route => ({
    method: "GET",
    path,
    handle: (exchange) => {
      exchange.response.writeHead(answers(exchange) ? 200 : 400, { "Content-Length": 0 });
      exchange.response.end();
    },
  });
  return [
    status("/v2/health/live", () => true),
    status("/v2/health/ready", ready),
    status("/v2/models/*/ready", ({ wildcard }) => wildcard === served.name && ready()),
    {
      method: "GET",
      path: "/v2/models/*",
      handle: ({ wildcard, response }) => {
        checkModel(wildcard, served);
        sendJson(response, 200, metadata(served));
      },
    },
    {
      method: "POST",
      path: "/v2/models/*/generate_stream",
      handle: async (exchange) => {
        const body = await readBody(exchange, served);
        streamAnswer(exchange, () => admitted(body, true, served, service), served, service);
      },
    },
    {
      method: "POST",
      path: "/v2/models/*/generate",
      handle: async (exchange) => {
        const body = await readBody(exchange, served);
        wholeAnswer(exchange, admitted(body, false, served, service), served, service);
      },
    },
  ];
}

type GenerateBody = z.infer<typeof generateBody>;

async function readBody(exchange: Exchange, served: ServedModel): Promise<GenerateBody> {
  checkModel(exchange.wildcard, served);
  const text = await exchange.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TritonError(400, `failed to parse the request JSON buffer: ${reason}`);
  }
  const parsed = generateBody.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(fieldProblem);
  throw new TritonError(
    400,
    problems.map(({ location, message }) => `${location}: ${message}`).join("; "),
  );
}

/** @throws TritonError where it can't be met */
function admitted(
  body: GenerateBody,
  streamPath: boolean,
  served: ServedModel,
  service: GenerationService,
): TritonRequest {
  const { parameters, text_input: text } = body;
  const stream = body.stream ?? parameters.stream ?? false;
  if (stream && !streamPath) {
    throw new TritonError(
      400,
      "generate expects model to produce exactly 1 response, use generate stream for model that may generate various number of responses",
    );
  }
  const exclude = body.exclude_input_in_output ?? parameters.exclude_input_in_output ?? stream;
  if (stream && !exclude) {
    throw new TritonError(400, "When streaming, `exclude_input_in_output` = False is not allowed.");
  }
  if (service.failure !== null) throw new TritonError(503, service.failure);
  if (!service.admits()) throw new TritonError(503, "Exceeds maximum queue size");
  try {
    refuseUnsupported(parameters, UNSUPPORTED);
    const known = sampling.parse(parameters);
    const unaddressed = { stream: null, model: null, prompt_logprobs: null };
    const request = completionRequest({ ...known, ...unaddressed, prompt: text }, served);
    return { ...request, stream, prefix: exclude ? "" : text };
  } catch (error) {
    throw error instanceof ApiError ? new TritonError(400, error.message) : error;
  }
}

/** The status waits for the first response, as Triton's does: a request that the model refuses is an event under a 400. */
function streamAnswer(
  exchange: Exchange,
  read: () => TritonRequest,
  served: ServedModel,
  service: GenerationService,
): void {
  let stream: EventStream | null = null;
  const open = (status: number): EventStream => {
    stream ??= openEventStream(exchange.response, {
      status,
      headers: { "Content-Type": "text/event-stream; charset=utf-8" },
    });
    return stream;
  };
  const fail = (error: TritonError): void => {
    const opened = open(error.status);
    opened.send(error.body());
    opened.end();
  };
  try {
    const request = read();
    let held = request.prefix;
    generate(exchange, request, service, {
      token: ({ text, finish }) => {
        held += text;
        if (request.stream || finish !== null) {
          open(200).send(output(served, held));
          held = "";
        }
        if (finish !== null) open(200).end();
      },
      failed: (message) => fail(new TritonError(400, message)),
    });
  } catch (error) {
    if (!(error instanceof TritonError)) throw error;
    fail(error);
  }
}

function wholeAnswer(
  exchange: Exchange,
  request: TritonRequest,
  served: ServedModel,
  service: GenerationService,
): void {
  const { response } = exchange;
  generateWhole(exchange, request, service, {
    done: ({ text }) => sendJson(response, 200, output(served, request.prefix + text)),
    failed: (message) => sendJson(response, 400, new TritonError(400, message).body()),
  });
}

/** @throws TritonError */
function checkModel(asked: string, { name }: ServedModel): void {
  if (asked === name) return;
  throw new TritonError(404, `Request for unknown model: '${asked}' is not found`);
}

function output({ name }: ServedModel, text: string): object {
  return { model_name: name, model_version: VERSION, text_output: text };
}

function metadata({ name }: ServedModel): object {
  const tensor = (input: string, datatype: string): object => ({
    name: input,
    datatype,
    shape: [1],
  });
  return {
    name,
    versions: [VERSION],
    platform: "model-server",
    inputs: [
      tensor("text_input", "BYTES"),
      tensor("stream", "BOOL"),
      tensor("exclude_input_in_output", "BOOL"),
    ],
    outputs: [tensor("text_output", "BYTES")],
  };
}
