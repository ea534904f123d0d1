import type { RequestRecord } from "./request-record.ts";

/** Whether a failed request may be sent again: nothing of an answer came, and the server may have more luck next time. */
export function canRetry({ outcome, status }: Pick<RequestRecord, "outcome" | "status">): boolean {
  return (
    outcome === "rate_limited" ||
    outcome === "connect_error" ||
    (outcome === "http_error" && status !== null && status >= 500)
  );
}
