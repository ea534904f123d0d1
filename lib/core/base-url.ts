/** What `parseBaseUrl` takes, in words for an error message. */
export const BASE_URL_FORM =
  "http:// or https://, a host, and if need be a port and a path, without user, query or fragment (http://gpu:8000)";

const BASE_URL = /^(https?:\/\/)([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(\/[^\s?#@]*)?$/;

/**
 * The server's root of a URL given with or without `/v1` or a slash at its end; `undefined` where it is not a plain
 * http(s) URL. k6's engine has no `URL`, and its SSE extension panics at an invalid one: nothing else may reach it.
 */
export function parseBaseUrl(text: string): string | undefined {
  const match = BASE_URL.exec(text);
  if (match === null) return undefined;
  const [, scheme, host, port, path] = match;
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return undefined;
  const root = (path ?? "").replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
  return `${scheme}${host}${port === undefined ? "" : `:${port}`}${root}`;
}
