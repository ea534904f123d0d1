import type { AnswerPlan } from "./answer-plan.ts";
import type { Fault } from "./faults.ts";
import { headFields } from "./http-bytes.ts";

/**
 * Plans an answer that is one JSON object. Faults of streams that it can't have leave it whole.
 *
 * @param emptyBody an answer of the form without anything in it
 * @param tokens generated tokens that it tells of
 */
export function jsonPlan(
  body: object,
  emptyBody: object,
  tokens: number,
  fault: Fault | null,
): AnswerPlan {
  const text = JSON.stringify(fault === "empty" ? emptyBody : body);
  switch (fault) {
    case "empty":
      return whole(text, tokens, fault);
    case "cut":
    case "stall":
    case "reset":
      return {
        ...whole(text, 0, fault),
        steps: 2,
        step: (index) => ({ bytes: index === 0 ? text.slice(0, text.length / 2) : "", tokens: 0 }),
        ending: fault === "cut" ? "close" : fault === "stall" ? "silence" : "reset",
      };
    case "malformed":
      return whole(text.slice(0, text.length / 2), 0, fault);
    case "error_event":
      return whole(JSON.stringify({ error: { message: "injected: error_event" } }), 0, fault);
    default:
      return whole(text, tokens, null);
  }
}

function whole(text: string, tokens: number, fault: Fault | null): AnswerPlan {
  return {
    head: headFields(200, {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
    }),
    headAt: "first-step",
    body: "",
    gapsBefore: Math.max(0, tokens - 1),
    steps: 1,
    step: () => ({ bytes: text, tokens }),
    ending: "close",
    fault,
  };
}
