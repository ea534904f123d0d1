import type { CompiledBundle } from "./compile-bundle.ts";
import { formatValue } from "./format-value.ts";

/**
 * What a script threw, in k6's words: the error, then the frames of the script alone.
 *
 * @param uncaught an asynchronous function rejected, which k6 says
 */
export function describeError(error: unknown, uncaught: boolean, bundle: CompiledBundle): string {
  const prefix = uncaught ? "Uncaught (in promise) " : "";
  if (!(error instanceof Error)) return `${prefix}${formatValue(error)}`;
  const frames = (error.stack ?? "").split("\n").flatMap((line) => frameOf(line, bundle));
  return `${prefix}${[String(error), ...frames].join("\n")}\n`;
}

/** `    at name (path:line:column)`, or without a name and parentheses. */
function frameOf(line: string, bundle: CompiledBundle): string[] {
  const frame = /^\s+at (?:(?:async )?(.+?) \()?(.+):(\d+):(\d+)\)?$/.exec(line);
  if (frame?.[2] !== bundle.path) return [];
  const position = bundle.sourceOf(Number(frame[3]), Number(frame[4]));
  if (position === null) return [];
  return [frame[1] === undefined ? `\tat ${position}` : `\tat ${frame[1]} (${position})`];
}
