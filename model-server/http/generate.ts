import type { Finish, GenerationParameters } from "../engine/generation-parameters.ts";
import type { GeneratedToken } from "../engine/sequence.ts";
import type { ScoredToken } from "../engine/token-scores.ts";
import type { GenerationService, GenerationSink } from "../generation-service.ts";
import type { Exchange } from "./http-server.ts";

/** What a surface's request comes down to. */
export interface Prompted {
  readonly prompt: readonly number[];
  readonly parameters: GenerationParameters;
}

/** Queues a request. A client that goes away takes its request with it; it may be gone already. */
export function generate(
  { requestId, receivedMs, response }: Exchange,
  { prompt, parameters }: Prompted,
  service: GenerationService,
  sink: GenerationSink,
): void {
  const abort = service.generate({ requestId, receivedMs, prompt, parameters }, sink);
  if (response.closed) abort();
  else response.on("close", abort);
}

export interface WholeText {
  readonly text: string;
  readonly tokens: readonly GeneratedToken[];
  /** `null` where they were not asked for. */
  readonly promptScores: readonly (ScoredToken | null)[] | null;
}

/** Answers when the sequence is over. */
export function generateWhole(
  exchange: Exchange,
  request: Prompted,
  service: GenerationService,
  answer: {
    readonly done: (whole: WholeText, finish: Finish) => void;
    readonly failed: GenerationSink["failed"];
  },
): void {
  const tokens: GeneratedToken[] = [];
  let promptScores: WholeText["promptScores"] = null;
  generate(exchange, request, service, {
    prompt: (scores) => {
      promptScores = scores;
    },
    token: (generated) => {
      tokens.push(generated);
      if (generated.finish === null) return;
      const text = tokens.map((token) => token.text).join("");
      answer.done({ text, tokens, promptScores }, generated.finish);
    },
    failed: answer.failed,
  });
}
