import { isIPv6 } from "node:net";

/** Why a request failed on the wire. */
export interface NetworkFault {
  /** As Go's net/http says it: what xk6-sse gives. */
  readonly message: string;
  /** As k6's own HTTP module says it, without addresses. */
  readonly brief: string;
  /** k6's error code. */
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
export const REQUEST_TIMEOUT: NetworkFault = {
  message: TIMED_OUT_AWAITING_HEADERS,
  brief: "request timeout",
  code: K6_CODE.timeout,
};

/**
 * Describe an error of undici or of a socket in the words of Go.
 *
 * @param localEnd this side of the connection, as `127.0.0.1:40000`; `null` before there is one
 */
export function describeFault(error: unknown, target: URL, localEnd: string | null): NetworkFault {
  const code = errorCode(error);
  const address = `${target.hostname}:${portOf(target)}`;
  switch (code) {
    case "ECONNREFUSED":
      return fault(`dial tcp ${dialled(error) ?? address}: connect: connection refused`, {
        brief: "dial: connection refused",
        code: K6_CODE.refused,
      });
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return fault(`dial tcp: lookup ${target.hostname}: no such host`, {
        brief: "lookup: no such host",
        code: K6_CODE.dns,
      });
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return fault(`dial tcp ${address}: i/o timeout`, {
        brief: "dial: i/o timeout",
        code: K6_CODE.dialTimeout,
      });
    case "ECONNRESET":
    case "EPIPE": {
      const ends = localEnd === null ? address : `${localEnd}->${address}`;
      return fault(`read tcp ${ends}: read: connection reset by peer`, {
        brief: "read: connection reset by peer",
        code: K6_CODE.reset,
      });
    }
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return fault("http: server gave HTTP response to HTTPS client", {
        brief: "tls: first record does not look like a TLS handshake",
        code: K6_CODE.tls,
      });
    case "UND_ERR_SOCKET":
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      return fault("EOF");
    default:
      if (error instanceof Error && error.name === "HTTPParserError") {
        return fault("net/http: HTTP/1.x transport connection broken: malformed HTTP response", {
          brief: "malformed HTTP response",
        });
      }
      if (code?.startsWith("ERR_TLS") || code?.startsWith("CERT_") || code?.includes("_CERT")) {
        return fault(`tls: ${messageOf(error)}`, { code: K6_CODE.tls });
      }
      return fault(messageOf(error));
  }
}

function fault(
  message: string,
  { brief = message, code = K6_CODE.other }: Partial<NetworkFault> = {},
): NetworkFault {
  return { message, brief, code };
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
  return isIPv6(host) ? `[${host}]:${cause.port}` : `${host}:${cause.port}`;
}
