import { UserError } from "../lib/core/user-error.ts";
import { findK6 } from "./find-k6.ts";

export const ENGINE_CHOICES = ["auto", "k6", "embedded"] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

/** What will drive the load, and in plain words why. */
export type Engine =
  | { readonly name: "k6"; readonly version: string; readonly path: string; readonly why: string }
  | { readonly name: "embedded"; readonly version: string; readonly why: string };

/**
 * Takes a k6 with SSE where there is one, else the embedded engine, unless told which.
 *
 * @throws UserError when k6 was asked for and there is none that can run the bundle
 */
export async function chooseEngine(
  choice: EngineChoice,
  bundlePath: string,
  env: Readonly<Record<string, string | undefined>>,
  tradeoffVersion: string,
): Promise<Engine> {
  const embedded = { name: "embedded", version: tradeoffVersion } as const;
  if (choice === "embedded") return { ...embedded, why: "asked for" };
  const search = await findK6(bundlePath, env);
  if (search.kind === "usable") {
    return { name: "k6", version: search.version, path: search.path, why: `found ${search.path}` };
  }
  const reason = search.kind === "missing" ? search.reason : `${search.path}: ${search.reason}`;
  if (choice === "k6") {
    throw new UserError(
      "unavailable",
      `--engine k6: ${reason}. Install k6 1.2 to 1.8, which resolves k6/x/sse by itself, or set K6_BIN to a k6 built with xk6-sse; --engine embedded needs no k6`,
    );
  }
  return { ...embedded, why: reason };
}
