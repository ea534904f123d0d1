import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

const OK = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
const ONE = "data: one\n\n";

const requestsOf = new WeakMap<Socket, number>();

/** What each path does with a connection once the request's head is there. */
const PATHS: Readonly<Record<string, (socket: Socket) => void>> = {
  "/cut": (socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\nb\r\n${ONE}\r\n`);
    setTimeout(() => socket.destroy(), 50);
  },
  "/reset": (socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\nb\r\n${ONE}\r\n`);
    setTimeout(() => socket.resetAndDestroy(), 50);
  },
  "/short": (socket) => {
    socket.write(`${OK}Content-Length: 100\r\n\r\n${ONE}`);
    setTimeout(() => socket.end(), 50);
  },
  "/short-close": (socket) =>
    socket.end(`${OK}Content-Length: 100\r\nConnection: close\r\n\r\n${ONE}`),
  "/unfinished": (socket) => {
    socket.write(`${OK}Connection: close\r\n\r\n${ONE}da`);
    setTimeout(() => socket.end(), 50);
  },
  "/drop": (socket) => socket.end(),
  "/drop-hard": (socket) => socket.resetAndDestroy(),
  "/silent": () => {},
  "/silent-after-one": (socket) => socket.write(`${OK}Connection: close\r\n\r\n${ONE}`),
  "/no-content": (socket) => socket.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
  "/500": (socket) =>
    socket.end(
      'HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"error":"broken"',
    ),
  "/429": (socket) =>
    socket.end(
      'HTTP/1.1 429 Slow\r\nContent-Type: application/json\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{"error":\n"broken"}\n',
    ),
  "/moved": (socket) =>
    socket.end(
      "HTTP/1.1 302 Found\r\nLocation: /lines\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ),
  "/json": (socket) =>
    socket.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{"a":[1]}',
    ),
  // The second request on a connection finds it closed.
  "/once": (socket) => {
    const requests = (requestsOf.get(socket) ?? 0) + 1;
    requestsOf.set(socket, requests);
    if (requests > 1) socket.destroy();
    else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  },
  "/lines": (socket) =>
    socket.end(
      `${OK}X-a-b: 1\r\nx-a-b: 2\r\nConnection: close\r\n\r\n${[
        ": ping\n\nid: 5\nevent: foo\ndata: a\ndata: b\n\nretry: 3\n\nwat\n\n",
        "data:x\r\n\r\ndata: \n\nid\n\ndata\n\n\uFEFFdata: q\n\ndata: é😀\n\ndata: last\n",
      ].join("")}`,
    ),
};

export interface FaultServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A server of bytes on the wire, right and wrong: each path another. */
export async function startFaultServer(): Promise<FaultServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let received = "";
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      if (!received.includes("\r\n\r\n")) return;
      const path = received.split(" ")[1] ?? "";
      received = "";
      PATHS[path]?.(socket);
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
