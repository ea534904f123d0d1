// A raw chat server for benchmarks, a process of its own: the wire format of vLLM's chat stream over plain sockets.
//   node sse-server.mjs flood <tokens>            writes a whole answer at once
//   node sse-server.mjs paced <tokens> <gap ms>   writes one token at a time, and notes when, by the machine's monotonic clock
// Prints its port. In paced mode GET /flushes gives {"<request id>": [microseconds of each content write]}.
import net from "node:net";

const [mode, tokensText, gapText] = process.argv.slice(2);
const tokens = Number(tokensText);
const gapMs = Number(gapText ?? 0);
const flushes = new Map();

const HEADERS =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
const MODELS = '{"object":"list","data":[{"id":"bench","object":"model"}]}';

function event(delta, finish = "null") {
  return `data: {"id":"chatcmpl-a33d3156cc8fc0df","object":"chat.completion.chunk","created":1795494320,"model":"bench","choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish},"token_ids":null}]}\n\n`;
}

function httpChunk(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const opening = HEADERS + httpChunk(event('{"role":"assistant","content":""}'));
const contents = Array.from({ length: tokens }, (_, i) =>
  Buffer.from(httpChunk(event(`{"content":" word${i}"}`))),
);
const ending =
  httpChunk(event("{}", '"length"')) +
  httpChunk(
    `data: {"id":"chatcmpl-a33d3156cc8fc0df","choices":[],"usage":{"prompt_tokens":9,"total_tokens":${9 + tokens},"completion_tokens":${tokens}}}\n\n`,
  ) +
  `${httpChunk("data: [DONE]\n\n")}0\r\n\r\n`;
const whole = Buffer.concat([Buffer.from(opening), ...contents, Buffer.from(ending)]);

function microseconds() {
  return Number(process.hrtime.bigint() / 1000n);
}

function answer(socket, head) {
  if (head.startsWith("GET /v1/models")) {
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${MODELS.length}\r\n\r\n${MODELS}`,
    );
  } else if (head.startsWith("GET /flushes")) {
    const body = JSON.stringify(Object.fromEntries(flushes));
    socket.end(
      `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  } else if (mode === "flood") {
    socket.write(whole);
  } else {
    pace(socket, /x-request-id: (\S+)/i.exec(head)?.[1] ?? "");
  }
}

function pace(socket, id) {
  const times = [];
  flushes.set(id, times);
  socket.write(opening);
  let next = performance.now() + gapMs;
  const step = () => {
    if (socket.destroyed) return;
    times.push(microseconds());
    socket.write(contents[times.length - 1]);
    if (times.length === tokens) {
      socket.write(ending);
      return;
    }
    next += gapMs;
    setTimeout(step, Math.max(0, next - performance.now()));
  };
  setTimeout(step, gapMs);
}

const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => {});
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
    const end = received.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
    if (end < 0 || received.length < end + 4 + length) return;
    const head = received;
    received = "";
    answer(socket, head);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
