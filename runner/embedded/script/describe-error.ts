import { pathToFileURL } from "node:url";
import { formatValue } from "./format-value.ts";

/**
 * What a script threw, in k6's words: the error, then the frames of the script alone.
 *
 * @param uncaught an asynchronous function rejected, which k6 says
 */
export function describeError(error: unknown, uncaught: boolean, bundlePath: string): string {
  const prefix = uncaught ? "Uncaught (in promise) " : "";
  if (!(error instanceof Error)) return `${prefix}${formatValue(error)}`;
  const url = pathToFileURL(bundlePath).href;
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && line.includes(bundlePath))
    .map((line) => `\tat ${line.trim().slice(3).replace(bundlePath, url)}`);
  return `${prefix}${[String(error), ...frames].join("\n")}\n`;
}
