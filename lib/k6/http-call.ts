import { parseRetryAfter } from "../core/retry-after.ts";

/** One request to the measured server, whatever the transport. */
export interface HttpCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it, the answer included. */
  readonly timeoutMs: number;
}

type Headers = Readonly<Record<string, string>> | undefined;

/** A header's value. Go writes header names its own way, proxies theirs. */
export function headerOf(headers: Headers, lowerCaseName: string): string | undefined {
  const name = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === lowerCaseName);
  return name === undefined ? undefined : headers?.[name];
}

/** What a Retry-After header asks for, milliseconds. */
export function retryAfterOf(headers: Headers): number | null {
  return parseRetryAfter(headerOf(headers, "retry-after"), Date.now());
}

/** A connection's failure without its own port, which is another each time: failures of one kind read the same. */
export function withoutOwnPort(message: string): string {
  return message.replace(/\S+:\d+->/g, "");
}
