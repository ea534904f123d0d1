import dns from "node:dns";
import type { LookupFunction, Socket } from "node:net";
import { buildConnector } from "undici";

/** How long a name's addresses are kept: k6's default. */
const DNS_TTL_MS = 5 * 60_000;
const DIAL_TIMEOUT_MS = 30_000;

interface Resolved {
  readonly address: string;
  readonly family: number;
  readonly untilMs: number;
}

/**
 * Opens connections as k6's dialer does: a name is looked up once in five minutes, IPv4 before IPv6, 30 s to connect.
 *
 * @param onSocket told of each new connection, so that its bytes can be counted
 */
export function createConnector(
  resolved: Map<string, Resolved>,
  onSocket: (socket: Socket) => void,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: DIAL_TIMEOUT_MS,
    allowH2: false,
    lookup: cachedLookup(resolved),
    autoSelectFamily: false,
  });
  return (options, callback) =>
    connect(options, (...result) => {
      const [error, socket] = result;
      // Where connecting failed, undici leaves the socket out.
      if (error === null && socket) onSocket(socket);
      callback(...result);
    });
}

/** Makes a connector for one request, which is told of its sockets. */
export type ConnectorFor = (onSocket: (socket: Socket) => void) => buildConnector.connector;

/** Names looked up so far in a run. */
export function createDnsCache(): Map<string, Resolved> {
  return new Map();
}

function cachedLookup(resolved: Map<string, Resolved>): LookupFunction {
  return (hostname, options, callback) => {
    const answer = ({ address, family }: Resolved) =>
      options.all ? callback(null, [{ address, family }]) : callback(null, address, family);
    const known = resolved.get(hostname);
    if (known !== undefined && known.untilMs > performance.now()) {
      answer(known);
      return;
    }
    dns.lookup(hostname, { all: true, order: "ipv4first" }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`no address for ${hostname}`), "");
        return;
      }
      const entry = { ...first, untilMs: performance.now() + DNS_TTL_MS };
      resolved.set(hostname, entry);
      answer(entry);
    });
  };
}
