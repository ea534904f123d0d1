import { createServer } from "node:http";
import { expect, test } from "vitest";
import { openEventStream } from "../../model-server/http/event-stream.ts";
import { listen } from "../../model-server/http/listen.ts";

test("a stream that is silent sends comments, none before its time and none after its end", async () => {
  const server = createServer((_, response) => {
    const stream = openEventStream(response, { headers: {}, keepAliveMs: 20 });
    stream.send({ index: 1 });
    setTimeout(() => {
      stream.send({ index: 2 });
      stream.end();
    }, 200);
  });
  const port = await listen(server, "127.0.0.1", 0);
  const text = await (await fetch(`http://127.0.0.1:${port}`)).text();
  await new Promise((closed) => server.close(closed));
  expect(text).toMatch(/^data: \{"index":1\}\n\n(:\n\n)+data: \{"index":2\}\n\n$/);
});
