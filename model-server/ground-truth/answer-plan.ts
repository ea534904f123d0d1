import type { Fault } from "./faults.ts";
import { headFields } from "./http-bytes.ts";

/** One write to the socket. */
export interface Step {
  readonly bytes: Buffer | string;
  /** Generated tokens in it. */
  readonly tokens: number;
}

/** What is written in answer to one request, and what happens to the connection then. */
export interface AnswerPlan {
  /** Head of the response without its last fields; `null`: none. */
  readonly head: string | null;
  /** Written at once, before anything is generated; or with the first step. */
  readonly headAt: "once" | "first-step";
  /** What follows the head at once. */
  readonly body: string;
  /** Gaps between tokens that pass before the first write, beside the time to the first token. */
  readonly gapsBefore: number;
  /** Number of writes at planned times; infinite for a stream that never ends. */
  readonly steps: number;
  readonly step: (index: number) => Step;
  readonly ending: "close" | "reset" | "silence";
  /** The fault it has: `null` too where the one asked for can't happen to an answer of this kind. */
  readonly fault: Fault | null;
}

const NO_STEPS = {
  headAt: "once",
  gapsBefore: 0,
  steps: 0,
  step: () => ({ bytes: "", tokens: 0 }),
} as const;

/** A whole response at once. */
function response(
  fault: Fault,
  status: number,
  contentType: string,
  body: string,
  fields: Readonly<Record<string, string>> = {},
): AnswerPlan {
  const head = headFields(status, {
    "content-type": contentType,
    "content-length": String(Buffer.byteLength(body)),
    ...fields,
  });
  return { ...NO_STEPS, head, body, ending: "close", fault };
}

function errorResponse(
  fault: Fault,
  status: number,
  fields: Readonly<Record<string, string>> = {},
): AnswerPlan {
  const message = `injected: ${fault}`;
  const body = JSON.stringify({ error: { message, type: "InjectedError", code: status } });
  return response(fault, status, "application/json", body, fields);
}

const PAGE =
  "<!doctype html>\n<html>\n<head><title>Welcome</title></head>\n<body>It works!</body>\n</html>\n";

/** The faults that need no answer: the same for streams and plain JSON. `null` for any other. */
export function planWithoutAnswer(fault: Fault | null): AnswerPlan | null {
  switch (fault) {
    case "http_500":
      return errorResponse(fault, 500);
    case "http_503":
      return errorResponse(fault, 503);
    case "http_429":
      return errorResponse(fault, 429, { "retry-after": "1" });
    case "html":
      return response(fault, 200, "text/html; charset=utf-8", PAGE);
    case "drop":
      return { ...NO_STEPS, head: null, body: "", ending: "close", fault };
    case "silent":
      return { ...NO_STEPS, head: null, body: "", ending: "silence", fault };
    default:
      return null;
  }
}
