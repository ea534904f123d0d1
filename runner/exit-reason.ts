/**
 * Our own exit code and k6's in words (grafana/k6 `errext/exitcodes`, the same in v1 and v2); the embedded engine uses the same ones.
 */
const REASONS: Readonly<Record<number, string>> = {
  0: "finished, every threshold held",
  95: "the load generator was late itself: no result",
  99: "a threshold was breached",
  97: "the test can't be run in this place",
  100: "setup took too long",
  101: "teardown took too long",
  102: "a general timeout",
  103: "stopped through k6's own REST API",
  104: "the script's configuration is not valid",
  105: "stopped from outside",
  106: "k6's own REST API could not start",
  107: "the script threw an error",
  108: "the script ended the test",
  109: "k6 itself crashed",
  110: "the script marked the test as failed",
};

/** Why a run with this exit code ended. */
export function exitReason(code: number): string {
  return REASONS[code] ?? `ended with exit code ${code}`;
}
