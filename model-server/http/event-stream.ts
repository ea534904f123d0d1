import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

export interface EventStream {
  /** An event in a write of its own. */
  readonly send: (event: object) => void;
  /** @param last what is written before the end, if anything */
  readonly end: (last?: string) => void;
}

export interface EventStreamOptions {
  /** 200 unless given. */
  readonly status?: number;
  readonly headers: OutgoingHttpHeaders;
  /** Where given, a comment goes out after each such time of silence. */
  readonly keepAliveMs?: number;
}

/** The end marker of OpenAI's streams. */
export const DONE = "data: [DONE]\n\n";

/** Server-sent events; the headers go out at once. */
export function openEventStream(
  response: ServerResponse,
  { status = 200, headers, keepAliveMs }: EventStreamOptions,
): EventStream {
  response.writeHead(status, headers);
  response.flushHeaders();
  const silence =
    keepAliveMs === undefined ? null : setInterval(() => response.write(":\n\n"), keepAliveMs);
  response.on("close", () => clearInterval(silence ?? undefined));
  return {
    send: (event) => {
      response.write(`data: ${JSON.stringify(event)}\n\n`);
      silence?.refresh();
    },
    end: (last) => {
      clearInterval(silence ?? undefined);
      response.end(last);
    },
  };
}
