import net from "node:net";

/** Why a request failed on the wire, with Go's text and k6's error code. */
export interface NetworkFault {
  readonly message: string;
  readonly code: number;
}

const K6_CODE = {
  other: 1000,
  timeout: 1050,
  dns: 1101,
  dialTimeout: 1211,
  refused: 1212,
  reset: 1220,
  tls: 1300,
} as const;

/** The whole time limit ran out. */
export const TIMED_OUT_AWAITING_HEADERS =
  "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
export const TIMED_OUT_READING_BODY =
  "context deadline exceeded (Client.Timeout or context cancellation while reading body)";

/** Describe an error of undici or of a socket in the words of Go's net/http. */
export function describeFault(error: unknown, target: URL, socket?: net.Socket): NetworkFault {
  const code = errorCode(error);
  const address = `${hostOf(target)}:${portOf(target)}`;
  switch (code) {
    case "ECONNREFUSED":
      return {
        message: `dial tcp ${dialled(error) ?? address}: connect: connection refused`,
        code: K6_CODE.refused,
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { message: `lookup ${target.hostname}: no such host`, code: K6_CODE.dns };
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return { message: `dial tcp ${address}: i/o timeout`, code: K6_CODE.dialTimeout };
    case "ECONNRESET":
    case "EPIPE":
      return {
        message: `read tcp ${endpoints(socket, address)}: read: connection reset by peer`,
        code: K6_CODE.reset,
      };
    case "UND_ERR_SOCKET":
      return { message: "EOF", code: K6_CODE.other };
    default:
      if (code?.startsWith("ERR_TLS") || code?.startsWith("CERT_") || code?.includes("_CERT")) {
        return { message: `tls: ${messageOf(error)}`, code: K6_CODE.tls };
      }
      return { message: messageOf(error), code: K6_CODE.other };
  }
}

export const TIMEOUT_CODE = K6_CODE.timeout;

function endpoints(socket: net.Socket | undefined, address: string): string {
  const local = socket?.localAddress;
  return local === undefined ? address : `${local}:${socket?.localPort}->${address}`;
}

function hostOf(target: URL): string {
  return target.hostname;
}

function portOf(target: URL): string {
  return target.port || (target.protocol === "https:" ? "443" : "80");
}

function errorCode(error: unknown): string | undefined {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error.cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The address that was tried, where the error tells. */
function dialled(error: unknown): string | undefined {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  if (!(cause instanceof Error) || !("address" in cause) || !("port" in cause)) return undefined;
  const host = String(cause.address);
  return net.isIPv6(host) ? `[${host}]:${cause.port}` : `${host}:${cause.port}`;
}
