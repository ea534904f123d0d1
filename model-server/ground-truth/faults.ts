import { createRandom } from "../../lib/core/random.ts";
import { UserError } from "../../lib/core/user-error.ts";

/** What can be the matter with an answer. Each happens to a whole request; "half" is half of its tokens. */
export const FAULTS = [
  "http_500",
  "http_503",
  "http_429",
  "drop",
  "silent",
  "html",
  "json",
  "stall",
  "cut",
  "cut_token",
  "cut_utf8",
  "reset",
  "malformed",
  "error_event",
  "long_line",
  "no_usage",
  "lumps",
  "lumps_usage",
  "empty",
  "no_finish",
  "no_done",
  "no_end",
  "endless",
] as const;

export type Fault = (typeof FAULTS)[number];

export const FAULT_MEANINGS: Readonly<Record<Fault, string>> = {
  http_500: "HTTP 500 with an error in JSON",
  http_503: "HTTP 503 with an error in JSON",
  http_429: "HTTP 429 with Retry-After: 1",
  drop: "the connection is closed before any header",
  silent: "the request is read and never answered",
  html: "HTTP 200 with a page of HTML",
  json: "HTTP 200 with one JSON object where a stream is due",
  stall: "half the answer, then silence on an open connection",
  cut: "half the answer, then the connection is closed",
  cut_token: "half the answer and half of an event, then the connection is closed",
  cut_utf8: "half the answer and half of a character, then the connection is closed",
  reset: "half the answer, then the connection is reset",
  malformed: "half the answer, then an event that is no JSON, then the rest",
  error_event: "half the answer, then an error in the stream",
  long_line: "one token is a line of a megabyte",
  no_usage: "no usage, though it was asked for",
  lumps: "several tokens in each chunk, whose number is not told",
  lumps_usage: "several tokens in each chunk, and usage on each",
  empty: "ends well without any text",
  no_finish: "no finish reason, though the end is marked",
  no_done: "a finish reason, but no end marker",
  no_end: "all tokens, then a clean end without finish reason or end marker",
  endless: "tokens until the client goes away",
};

/** What happens to a request by its number, from 0; `null`: nothing. */
export type FaultOf = (request: number) => Fault | null;

interface FaultShare {
  readonly fault: Fault;
  /** Of the requests, over 0. */
  readonly share: number;
}

/**
 * Parses `http_500:0.1,cut:0.05`: names and the shares of the requests that they happen to.
 *
 * @throws UserError that names the entry, what was found and what is allowed
 */
export function parseFaults(spec: string): readonly FaultShare[] {
  const shares = spec.split(",").map((entry): FaultShare => {
    const [name = "", text = "", ...rest] = entry.trim().split(":");
    const fault = FAULTS.find((known) => known === name);
    if (fault === undefined) {
      throw new UserError(
        "bad-input",
        `--faults: found "${name}", allowed: ${FAULTS.join(", ")}, each as <name>:<share>`,
      );
    }
    const share = Number(text);
    if (rest.length > 0 || text.trim() === "" || !(share > 0 && share <= 1)) {
      throw new UserError(
        "bad-input",
        `--faults: found "${entry.trim()}", allowed: ${name}:<share> with a share over 0 and up to 1, such as ${name}:0.1`,
      );
    }
    return { fault, share };
  });
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  // A part in a million for sums of decimals.
  if (total > 1.000_001) {
    throw new UserError(
      "bad-input",
      `--faults: the shares add up to ${total.toFixed(3)}, allowed: 1`,
    );
  }
  return shares;
}

/** Draws each request's fault from its number and the seed alone: the same in every run, whatever comes when. */
export function drawFaults(shares: readonly FaultShare[], seed: number): FaultOf {
  return (request) => {
    // The golden ratio's multiples are far apart, so that requests next to each other draw independently.
    let left = createRandom(seed + Math.imul(request, 0x9e3779b1))();
    for (const { fault, share } of shares) {
      if (left < share) return fault;
      left -= share;
    }
    return null;
  };
}
