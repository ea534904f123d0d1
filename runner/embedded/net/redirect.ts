/** A request that a redirect leads to. */
export interface NextRequest {
  readonly url: URL;
  readonly method: string;
  readonly keepsBody: boolean;
}

/** As Go's client has it. */
export const MAX_REDIRECTS = 10;

/**
 * Where a response sends its client, as Go's client follows it: 301, 302 and 303 turn everything but a HEAD into a GET
 * without a body, 307 and 308 repeat the request. `null` where the response stands for itself.
 */
export function redirectOf(
  status: number,
  location: string | undefined,
  from: { readonly url: URL; readonly method: string },
): NextRequest | null {
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  if (!isRedirect || location === undefined || !URL.canParse(location, from.url.href)) return null;
  const url = new URL(location, from.url);
  if (status >= 307) return { url, method: from.method, keepsBody: true };
  return { url, method: from.method === "HEAD" ? "HEAD" : "GET", keepsBody: false };
}
