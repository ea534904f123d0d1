import type { UserErrorCode } from "../lib/core/user-error.ts";
import { CLIENT_LIMITED, THRESHOLDS_BREACHED } from "../runner/judge-run.ts";

/** Exit codes of the command itself; those of a run (0, 99, 104 to 108) are k6's and pass through. */
export const EXIT_USAGE = 2;
/** A measurement that says nothing of the server, such as one of a client that was late itself: it may be repeated. */
export const EXIT_INVALID_MEASUREMENT = CLIENT_LIMITED;
/** A service level that does not hold, as k6 has it. */
export const EXIT_BREACH = THRESHOLDS_BREACHED;

const EXIT_OF_ERROR: Readonly<Record<UserErrorCode, number>> = {
  "bad-input": EXIT_USAGE,
  unavailable: EXIT_USAGE,
  "target-unreachable": 3,
  interrupted: 105,
};

export function exitCodeOf(code: UserErrorCode): number {
  return EXIT_OF_ERROR[code];
}
