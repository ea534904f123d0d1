import type { AnswerPlan, Step } from "./answer-plan.ts";
import type { Asked } from "./asked.ts";
import type { StreamDialect } from "./dialects.ts";
import type { Fault } from "./faults.ts";
import { headFields } from "./http-bytes.ts";
import { StreamEvents, type StreamShape, tokenText } from "./stream-events.ts";

/** Tokens of a chunk where they come in lumps. */
const LUMP = 4;
/** Answers of one form whose bytes are kept where they go out in one write. */
const KEPT_ANSWERS = 16;

const HEAD = {
  head: headFields(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "transfer-encoding": "chunked",
  }),
  headAt: "once",
  body: "",
  gapsBefore: 0,
} as const;

/** Plans the streams of one protocol. */
export class StreamPlanner {
  readonly #events: StreamEvents;
  readonly #answers = new Map<string, Step>();

  constructor(dialect: StreamDialect) {
    this.#events = new StreamEvents(dialect);
  }

  plan(asked: Asked, tokens: number, fault: Fault | null): AnswerPlan {
    const events = this.#events;
    const shape = shapeOf(asked, tokens, fault);
    const whole: AnswerPlan = {
      ...HEAD,
      steps: shape.steps,
      step: (index) => events.step(shape, index),
      ending: "close",
      fault,
    };
    const broken = (last: () => Step["bytes"], ending: AnswerPlan["ending"]): AnswerPlan => ({
      ...whole,
      steps: shape.half + 1,
      step: (index) => (index < shape.half ? whole.step(index) : { bytes: last(), tokens: 0 }),
      ending,
    });
    switch (fault) {
      case "cut":
        return broken(() => "", "close");
      case "reset":
        return broken(() => "", "reset");
      case "stall":
        return broken(() => "", "silence");
      case "cut_token":
        return broken(() => events.cutIn(tokenText(shape.half), tokenText(shape.half)), "close");
      case "cut_utf8":
        return broken(() => events.cutIn(" größer 😀", "😀"), "close");
      case "error_event":
        return broken(() => events.error("injected: error_event"), "close");
      default:
        return whole;
    }
  }

  /** All of an answer in one write, for streams without gaps: as fast as the socket takes it. */
  planAtOnce(asked: Asked, tokens: number): AnswerPlan {
    const { promptTokens, includeUsage, continuousUsage } = asked;
    const key = `${tokens} ${promptTokens} ${includeUsage} ${continuousUsage}`;
    const answer = this.#answers.get(key) ?? this.#answerAtOnce(asked, tokens);
    if (this.#answers.size >= KEPT_ANSWERS) this.#answers.clear();
    this.#answers.set(key, answer);
    return { ...HEAD, steps: 1, step: () => answer, ending: "close", fault: null };
  }

  #answerAtOnce(asked: Asked, tokens: number): Step {
    const { steps, step } = this.plan(asked, tokens, null);
    const parts = Array.from({ length: steps }, (_, index) => Buffer.from(step(index).bytes));
    return { bytes: Buffer.concat(parts), tokens };
  }
}

function shapeOf(asked: Asked, askedTokens: number, fault: Fault | null): StreamShape {
  const tokensPerStep = fault === "lumps" || fault === "lumps_usage" ? LUMP : 1;
  // The end of text is a token, too.
  const tokens = fault === "empty" ? 1 : fault === "endless" ? Infinity : askedTokens;
  const steps = Math.ceil(tokens / tokensPerStep);
  return {
    asked: { ...asked, ...usageFields(fault) },
    fault,
    tokens,
    tokensPerStep,
    steps,
    half: steps > 1 ? Math.floor(steps / 2) : 1,
  };
}

function usageFields(fault: Fault | null): Partial<Asked> {
  switch (fault) {
    case "no_usage":
      return { includeUsage: false, continuousUsage: false };
    case "lumps":
      return { continuousUsage: false };
    case "lumps_usage":
      return { includeUsage: true, continuousUsage: true };
    default:
      return {};
  }
}
