import { isSeen, printable, printableLine } from "../lib/core/printable.ts";

/*
 * All that the command prints goes through here, since nearly all of it has words from outside in it: of a server, of a
 * model's or a variant's name, of a file. `test/arch` holds the other rooms to it.
 */

/** Prints lines on standard output. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Prints lines on standard error. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Prints a value as one line of JSON on standard output: what may not be printed is escaped, so that nothing is lost. */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value)
    .replace(/[^ -~]/gu, (character) => (isSeen(character) ? character : escaped(character)))
    .replace(/##(?=\w*\[)/g, "#\\u0023");
  process.stdout.write(`${json}\n`);
}

/** Prints commands for GitHub's runner, `::error title=...::...`: the only lines that may start as they do. */
export function printWorkflowCommands(
  commands: readonly string[],
  stream: "stdout" | "stderr",
): void {
  for (const command of commands) {
    process[stream].write(`::${printableLine(command.replace(/^::/, ""))}\n`);
  }
}

function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
