import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { UserError } from "../lib/core/user-error.ts";
import type { FinishedReason } from "./server-metrics.ts";

/**
 * What the server saw of one request: the ground truth that a client's record is compared with. Times are this
 * process's `performance.now()`; add `timeOriginMs` for the wall clock.
 */
export interface ServedRequest {
  /** The client's `X-Request-Id`. */
  readonly id: string;
  readonly timeOriginMs: number;
  readonly receivedMs: number;
  /** When the prompt left the queue; `null` where it never did. */
  readonly startedMs: number | null;
  /** Just before each generated token's bytes were handed to the socket. */
  readonly flushMs: readonly number[];
  readonly endedMs: number;
  readonly promptTokens: number;
  readonly outcome: FinishedReason;
}

export interface RequestLog {
  readonly write: (request: ServedRequest) => void;
  readonly close: () => Promise<void>;
}

/**
 * Appends a line of JSON a request.
 *
 * @throws UserError where the file can't be written
 */
export async function openRequestLog(path: string): Promise<RequestLog> {
  const file = createWriteStream(path, { flags: "a" });
  try {
    await once(file, "open");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError("bad-input", `can't write the log ${path}: ${reason}`, { cause: error });
  }
  return {
    write: (request) => void file.write(`${JSON.stringify(request)}\n`),
    close: async () => {
      file.end();
      await once(file, "close");
    },
  };
}
