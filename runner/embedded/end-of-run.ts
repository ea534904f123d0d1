/** k6's exit codes that this engine can give (the numbers are k6's contract with CI scripts). */
export const EXIT = {
  ok: 0,
  thresholdsFailed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  invalidConfig: 104,
  interrupted: 105,
  scriptException: 107,
  scriptAborted: 108,
  markedAsFailed: 110,
  other: 255,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Why a run ends before its plan is through, with the exit code that k6 gives for it. */
export class EndOfRun extends Error {
  override readonly name = "EndOfRun";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A script, option or threshold that can't be run as it is written (exit 104). */
export function invalidConfig(message: string): EndOfRun {
  return new EndOfRun(EXIT.invalidConfig, message);
}
