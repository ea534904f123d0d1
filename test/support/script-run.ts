/** How a k6 script ended, on whichever engine. */
export interface ScriptRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the script printed, a line each. */
  readonly consoleLines: readonly string[];
}

export interface RunOptions {
  /** Variables of the process, beside those of the script. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A Ctrl-C as soon as the script has printed so many lines, for each of the numbers. */
  readonly interruptAfterLines?: readonly number[];
}

/** Runs a script with these variables in its `__ENV`, in a folder of its own. */
export type RunScript = (
  script: string,
  settings: Readonly<Record<string, string>>,
  options?: RunOptions,
) => Promise<ScriptRun>;
