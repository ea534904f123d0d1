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
    begin(response, `application/${inHeader(quote)}`);
    response.end();
  },
  redirect: (quote, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:1/${inHeader(quote)}` });
    response.end();
  },
} as const satisfies Record<string, (quote: string, response: ServerResponse) => void>;

type Place = keyof typeof PLACES;
const ALL_PLACES = [
  "text",
  "finish reason",
  "error in the stream",
  "error in the stream, of other members",
  "event of no kind",
  "event that is no JSON",
  "HTTP error",
  "content type",
  "redirect",
] as const satisfies readonly Place[];

export interface QuotingServer {
  readonly url: string;
  /** What was answered so far, "place: quote". */
  readonly said: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * A chat server that quotes texts in all that it says: from answer to answer the next text in the next place.
 *
 * @param models the names that it gives its models
 * @param places where; absent: everywhere
 */
export async function startQuotingServer(
  quotes: readonly string[],
  models: readonly string[],
  places: readonly Place[] = ALL_PLACES,
): Promise<QuotingServer> {
  const said: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === "GET") {
      response.end(JSON.stringify({ object: "list", data: models.map((id) => ({ id })) }));
      return;
    }
    const place = places[said.length % places.length];
    const quote = quotes[said.length % quotes.length];
    if (place === undefined || quote === undefined) return;
    said.push(`${place}: ${quote}`);
    PLACES[place](quote, response);
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

/** As much of it as a header can hold. */
function inHeader(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}

function begin(response: ServerResponse, contentType: string): void {
  response.writeHead(200, { "content-type": contentType });
}
