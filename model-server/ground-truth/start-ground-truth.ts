import { createHttpServer, type Exchange, type Route, sendJson } from "../http/http-server.ts";
import { listen } from "../http/listen.ts";
import { openRequestLog } from "../request-log.ts";
import { answerForms } from "./answer-forms.ts";
import type { AnswerPlan } from "./answer-plan.ts";
import { planWithoutAnswer } from "./answer-plan.ts";
import type { Asked } from "./asked.ts";
import type { Fault, FaultOf } from "./faults.ts";
import { Pacer } from "./pacer.ts";
import { type GroundTruthRequest, ServedAnswer } from "./served-answer.ts";

export interface GroundTruthOptions {
  /** 0: any free one. */
  readonly port: number;
  /** `127.0.0.1` unless given. */
  readonly host?: string;
  readonly model?: string;
  /** From the request's head to the first token. */
  readonly ttftMs: number;
  /** Between tokens; 0 sends an answer in one write. */
  readonly gapMs: number;
  /** Of an answer whose length the request leaves open. */
  readonly tokens: number;
  /** Never sleeps while streams are under way: on time to hundredths of a millisecond, for a core of its own (false). */
  readonly awake?: boolean;
  readonly faultOf?: FaultOf;
  /** Appends a line of JSON a request. */
  readonly requestLog?: string;
  readonly onRequestEnd?: (request: GroundTruthRequest) => void;
}

export interface GroundTruthServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly model: string;
  /** Drops what is under way and stops listening. */
  readonly close: () => Promise<void>;
}

/**
 * A server without a model: streams tokens at known times, in the wire formats of the servers that are measured, and notes
 * when each token was flushed and how much later that was than planned.
 *
 * @throws UserError where the port can't be listened on
 */
export async function startGroundTruth(options: GroundTruthOptions): Promise<GroundTruthServer> {
  const model = options.model ?? "ground-truth";
  const host = options.host ?? "127.0.0.1";
  const log = options.requestLog === undefined ? null : await openRequestLog(options.requestLog);
  const pacer = new Pacer(options.awake ?? false);
  const underWay = new Set<ServedAnswer>();
  let requests = 0;

  const answer = (
    { requestId, receivedMs, request: { socket } }: Exchange,
    path: string,
    asked: Asked,
    planOf: (fault: Fault | null) => AnswerPlan,
  ): void => {
    const request = requests;
    requests += 1;
    const fault = options.faultOf?.(request) ?? null;
    const plan = planWithoutAnswer(fault) ?? planOf(fault);
    const { promptTokens } = asked;
    const served = new ServedAnswer(
      { id: requestId, request, path, receivedMs, promptTokens },
      plan,
      options.gapMs,
      socket,
      (ended) => {
        underWay.delete(served);
        log?.write(ended);
        options.onRequestEnd?.(ended);
      },
    );
    underWay.add(served);
    const dueMs = served.begin(options.ttftMs);
    if (dueMs !== null) pacer.add(served, dueMs);
  };
  const generating = answerForms(model, options).map(
    ({ path, askedOf, planOf }): Route => ({
      method: "POST",
      path,
      handle: async (exchange) => {
        const asked = askedOf(await exchange.json());
        answer(exchange, path, asked, (fault) => planOf(asked, fault));
      },
    }),
  );
  const server = createHttpServer([...generating, ...statusRoutes(model)], null);
  const port = await listen(server, host, options.port);
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const served of underWay) served.abandon();
    server.closeAllConnections();
    await closed;
    await log?.close();
  };
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host}:${port}`,
    port,
    model,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** What tells a client that the server is there and has the model, in each protocol. */
function statusRoutes(model: string): readonly Route[] {
  const get = (path: string, body: object): Route => ({
    method: "GET",
    path,
    handle: ({ response }) => sendJson(response, 200, body),
  });
  const created = Math.floor(Date.now() / 1000);
  const entry = { id: model, object: "model", created, owned_by: "ground-truth" };
  return [
    get("/v1/models", { object: "list", data: [entry] }),
    get("/health", {}),
    get("/info", { model_id: model, router: "ground-truth" }),
    get("/v2/health/ready", {}),
    get(`/v2/models/${model}/ready`, {}),
  ];
}
