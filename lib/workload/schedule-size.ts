import { UserError } from "../core/user-error.ts";

/** A schedule is drawn and held as a whole: this many are 14 hours of 100 requests a second. */
const MOST_REQUESTS = 5_000_000;

/** @throws UserError where a schedule grows beyond what can be held */
export function assertHoldable(requests: number): void {
  if (requests <= MOST_REQUESTS) return;
  throw new UserError(
    "bad-input",
    `the load plans over ${MOST_REQUESTS} requests: a lower rate or speed-up, or a shorter DURATION`,
  );
}
