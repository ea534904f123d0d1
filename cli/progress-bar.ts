import { SingleBar } from "cli-progress";
import { printableLine } from "../lib/core/printable.ts";
import { printError } from "./terminal.ts";

/** What stands beside a bar, by the names in its format. */
type Shown = Readonly<Record<string, string | number>>;

/** The live line of a command on standard error; nothing is drawn where that is not a terminal. */
export interface ProgressBar {
  readonly isDrawn: boolean;
  update(value: number, shown: Shown): void;
  /** A line above the bar. */
  log(line: string): void;
  stop(): void;
}

/** Draws a bar from 0 to `total`. Words from outside can't move its cursor. */
export function startProgressBar(format: string, total: number, shown: Shown): ProgressBar {
  const stream = process.stderr;
  const isDrawn = stream.isTTY === true;
  const bar = new SingleBar({
    format,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    noTTYOutput: false,
    stream,
  });
  bar.start(total, 0, printed(shown));
  return {
    isDrawn,
    update: (value, now) => bar.update(value, printed(now)),
    // The bar draws itself again below the line.
    log: (line) => {
      if (isDrawn) stream.write("\r\u001b[K");
      printError(printableLine(line));
    },
    stop: () => bar.stop(),
  };
}

function printed(shown: Shown): Shown {
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [name, printableLine(String(value))]),
  );
}
