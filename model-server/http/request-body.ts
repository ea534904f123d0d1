import type { IncomingMessage } from "node:http";
import { ApiError, invalidBody } from "./api-error.ts";

/** Far over what a context window takes; bounds what one request may hold in memory. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** @throws ApiError 400 where the body is no JSON */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1] ?? String(text.length);
    throw invalidBody([
      {
        type: "json_invalid",
        location: `body.${position}`,
        message: `JSON decode error: ${message}`,
      },
    ]);
  }
}

/** @throws ApiError 413 where the body is too long */
export function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        // What still comes is read and dropped, so that the client gets to read the answer.
        chunks.length = 0;
        reject(tooLong());
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

function tooLong(): ApiError {
  const message = `The body is longer than ${MAX_BODY_BYTES} bytes.`;
  return new ApiError(413, "Request Entity Too Large", message);
}
