import type { AnswerPlan } from "./answer-plan.ts";
import { type Asked, askedOfClassify, askedOfOpenAi, askedOfTgi, askedOfTriton } from "./asked.ts";
import {
  chatDialect,
  completionDialect,
  type StreamDialect,
  tgiDialect,
  tritonDialect,
} from "./dialects.ts";
import type { Fault } from "./faults.ts";
import { jsonPlan } from "./json-plan.ts";
import { wholeText } from "./stream-events.ts";
import { StreamPlanner } from "./stream-planner.ts";

/** One path: how its requests are read and its answers planned. */
export interface AnswerForm {
  readonly path: string;
  /** @throws ApiError where the body is not of the form */
  readonly askedOf: (body: unknown) => Asked;
  readonly planOf: (asked: Asked, fault: Fault | null) => AnswerPlan;
}

/** All that the server generates. */
export function answerForms(
  model: string,
  defaults: { readonly tokens: number; readonly gapMs: number },
): readonly AnswerForm[] {
  const streamed = (
    path: string,
    dialect: StreamDialect,
    askedOf: AnswerForm["askedOf"],
  ): AnswerForm => ({ path, askedOf, planOf: planner(dialect, defaults) });
  return [
    streamed("/v1/chat/completions", chatDialect(model), askedOfOpenAi),
    streamed("/v1/completions", completionDialect(model), askedOfOpenAi),
    streamed("/generate_stream", tgiDialect, askedOfTgi),
    streamed(`/v2/models/${model}/generate_stream`, tritonDialect(model), askedOfTriton),
    { path: "/predict", askedOf: askedOfClassify, planOf: planPrediction },
    {
      path: "/classify",
      askedOf: askedOfClassify,
      planOf: (asked, fault) => planClassification(model, asked, fault),
    },
  ];
}

function planner(
  dialect: StreamDialect,
  defaults: { readonly tokens: number; readonly gapMs: number },
): AnswerForm["planOf"] {
  const streams = new StreamPlanner(dialect);
  return (asked, fault) => {
    const tokens = asked.tokens ?? defaults.tokens;
    if (asked.stream && fault !== "json") {
      return fault === null && defaults.gapMs === 0
        ? streams.planAtOnce(asked, tokens)
        : streams.plan(asked, tokens, fault);
    }
    const whole = (count: number) =>
      dialect.whole(wholeText(count), {
        promptTokens: asked.promptTokens,
        completionTokens: count,
      });
    const plan = jsonPlan(whole(tokens), whole(0), tokens, fault);
    return asked.stream ? { ...plan, fault } : plan;
  };
}

/** Hugging Face's text classification: a label and its score for each text. */
function planPrediction({ inputs }: Asked, fault: Fault | null): AnswerPlan {
  const results = Array.from({ length: inputs }, () => ({ label: "POSITIVE", score: 0.75 }));
  return jsonPlan(results, [], 1, fault);
}

/** vLLM's classification. */
function planClassification(
  model: string,
  { inputs, promptTokens }: Asked,
  fault: Fault | null,
): AnswerPlan {
  const answer = (data: readonly object[]) => ({
    id: "classify-ground-truth",
    object: "list",
    created: Math.floor(Date.now() / 1000),
    model,
    data,
    usage: {
      prompt_tokens: promptTokens,
      total_tokens: promptTokens,
      completion_tokens: 0,
      prompt_tokens_details: null,
    },
  });
  const results = Array.from({ length: inputs }, (_, index) => ({
    index,
    label: "POSITIVE",
    probs: [0.25, 0.75],
    num_classes: 2,
  }));
  return jsonPlan(answer(results), answer([]), 1, fault);
}
