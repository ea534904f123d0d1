import { formatValue } from "./format-value.ts";

export interface ScriptConsole {
  readonly log: (...args: unknown[]) => void;
  readonly info: (...args: unknown[]) => void;
  readonly warn: (...args: unknown[]) => void;
  readonly error: (...args: unknown[]) => void;
  readonly debug: (...args: unknown[]) => void;
}

/** The script's `console`: values as k6 writes them, one line a call; k6 hides `debug` unless asked for it. */
export function createScriptConsole(writeLine: (line: string) => void): ScriptConsole {
  const write = (...args: unknown[]) => writeLine(args.map(formatValue).join(" "));
  return { log: write, info: write, warn: write, error: write, debug: () => {} };
}
