/** How a k6 script ended, on whichever engine. */
export interface ScriptRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the script printed, a line each. */
  readonly consoleLines: readonly string[];
}

/** Runs a script with these variables in its `__ENV`, in a folder of its own. */
export type RunScript = (
  script: string,
  settings: Readonly<Record<string, string>>,
  environment?: Readonly<Record<string, string>>,
) => Promise<ScriptRun>;
