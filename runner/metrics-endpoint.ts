import { parseBaseUrl } from "../lib/core/base-url.ts";
import type { ServerFigures } from "../records/server-sample.ts";
import { parsePrometheusText } from "./prometheus-text.ts";
import { readServerMetrics } from "./server-metrics.ts";

/** vLLM's is 50 kB; more than this is no such answer. */
const MOST_BYTES = 16 * 2 ** 20;

/** What one look at `/metrics` gave. */
export type Scrape =
  | { readonly kind: "figures"; readonly figures: ServerFigures }
  /** Nothing this time: the server is busy, starting or gone. */
  | { readonly kind: "silent"; readonly why: string }
  /** It has no metrics that are known here, and will have none. */
  | { readonly kind: "none"; readonly why: string };

/** Where most servers have them; `undefined` where the base URL is none. */
export function metricsUrlOf(baseUrl: string): string | undefined {
  const root = parseBaseUrl(baseUrl);
  return root === undefined ? undefined : `${root}/metrics`;
}

/**
 * Asks a server once for its metrics. Never throws. The key goes to this address alone: a redirect is not followed.
 */
export async function scrape(
  url: string,
  apiKey: string | undefined,
  signal: AbortSignal,
): Promise<Scrape> {
  try {
    const response = await fetch(url, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      redirect: "manual",
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      const why = `${url} answered ${response.status}`;
      return { kind: response.status >= 500 ? "silent" : "none", why };
    }
    const text = await readUpTo(response, MOST_BYTES);
    const figures = text === undefined ? undefined : readServerMetrics(parsePrometheusText(text));
    return figures === undefined
      ? { kind: "none", why: `${url} has no metrics that are known here` }
      : { kind: "figures", figures };
  } catch {
    return { kind: "silent", why: `${url} did not answer` };
  }
}

/** `undefined` for a longer body, of which the rest is not read. */
async function readUpTo(response: Response, mostBytes: number): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
