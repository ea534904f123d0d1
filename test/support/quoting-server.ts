import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where an answer quotes something. */
const PLACES = {
  text: (quote, response) => chat(response, [quote.slice(0, 5), quote.slice(5)], "stop"),
  "finish reason": (quote, response) => chat(response, ["fine"], quote),
  "error in the stream": (quote, response) => events(response, [{ error: { message: quote } }]),
  "error in the stream, of other members": (quote, response) =>
    events(response, [{ error: { code: 401, param: quote } }]),
  "event of no kind": (quote, response) => events(response, [{ authorization: quote }]),
  "event that is no JSON": (quote, response) => {
    begin(response, "text/event-stream");
    response.end(`data: ${quote}\n\n`);
  },
  "HTTP error": (quote, response) => {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: quote } }));
  },
  "content type": (quote, response) => {
    begin(response, `application/${quote}`);
    response.end();
  },
  redirect: (quote, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:1/${quote}` });
    response.end();
  },
} as const satisfies Record<string, (quote: string, response: ServerResponse) => void>;

export interface QuotingServer {
  readonly url: string;
  /** What was answered so far, "place: quote". */
  readonly said: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * A chat server that quotes texts in all that it says, one after the other in each place.
 *
 * @param models the names that it gives its models
 */
export async function startQuotingServer(
  quotes: readonly string[],
  models: readonly string[],
): Promise<QuotingServer> {
  const answers = Object.entries(PLACES).flatMap(([place, answer]) =>
    quotes.map((quote) => ({ place, answer, quote })),
  );
  const said: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === "GET") {
      response.end(JSON.stringify({ object: "list", data: models.map((id) => ({ id })) }));
      return;
    }
    const next = answers[said.length % answers.length];
    if (next === undefined) return;
    said.push(`${next.place}: ${next.quote}`);
    next.answer(next.quote, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    said,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** How many answers it takes until everything was quoted everywhere. */
export function answersOf(quotes: readonly string[]): number {
  return quotes.length * Object.keys(PLACES).length;
}

function chat(response: ServerResponse, texts: readonly string[], finishReason: string): void {
  const chunk = (delta: object, finish: string | null) => ({
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  events(response, [
    ...texts.map((content) => chunk({ content }, null)),
    chunk({}, finishReason),
    { choices: [], usage: { prompt_tokens: 1, completion_tokens: texts.length } },
  ]);
}

function events(response: ServerResponse, list: readonly object[]): void {
  begin(response, "text/event-stream");
  const data = [...list.map((event) => JSON.stringify(event)), "[DONE]"];
  response.end(data.map((text) => `data: ${text}\n\n`).join(""));
}

function begin(response: ServerResponse, contentType: string): void {
  response.writeHead(200, { "content-type": contentType });
}
