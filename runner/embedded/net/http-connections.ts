import type { Socket } from "node:net";
import { Client } from "undici";
import type { ConnectorFor } from "./connector.ts";

/** A connection is kept until the server closes it, or the run is over. */
const KEEP_MS = 24 * 3_600_000;

/** One connection, on which requests take turns. It is opened by the first request, and anew where the server closed it. */
export class HttpConnection {
  readonly client: Client;
  #socket: Socket | null = null;
  #localEnd: string | null = null;

  constructor(origin: string, connectorFor: ConnectorFor) {
    this.client = new Client(origin, {
      bodyTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: KEEP_MS,
      keepAliveMaxTimeout: KEEP_MS,
      connect: connectorFor((socket) => {
        this.#socket = socket;
        this.#localEnd = `${socket.localAddress}:${socket.localPort}`;
        this.onOpen();
      }),
    });
  }

  /** Called when it has been opened, which a request on an open one does not see. */
  onOpen: () => void = () => {};

  /** The one in use, or that was. */
  get socket(): Socket | null {
    return this.#socket;
  }

  /** This side of it, as `127.0.0.1:40000`; a closed socket does not tell. */
  get localEnd(): string | null {
    return this.#localEnd;
  }

  get isOpen(): boolean {
    return this.#socket !== null && !this.#socket.destroyed;
  }
}

/** The connections that a user keeps open between requests: k6 has a pool for each VU. */
export class HttpConnections {
  readonly #connectorFor: ConnectorFor;
  readonly #idle = new Map<string, HttpConnection[]>();

  constructor(connectorFor: ConnectorFor) {
    this.#connectorFor = connectorFor;
  }

  /** An idle connection to the origin, or one to be opened. */
  take(origin: string): HttpConnection {
    return this.#idle.get(origin)?.pop() ?? this.fresh(origin);
  }

  /** One that is not open yet. */
  fresh(origin: string): HttpConnection {
    return new HttpConnection(origin, this.#connectorFor);
  }

  /** For the next request, after an answer that came whole. */
  giveBack(origin: string, connection: HttpConnection): void {
    const idle = this.#idle.get(origin);
    if (idle === undefined) this.#idle.set(origin, [connection]);
    else idle.push(connection);
  }
}
