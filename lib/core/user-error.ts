/**
 * The one error for misuse: bad settings, flags, files, or a target that can't be used. Its message is written for
 * the person at the terminal: what is wrong, where (file, field, variable), what was found, what is allowed. What
 * the measured server does wrong is never an error but an `Outcome`.
 */
export type UserErrorCode =
  /** A flag, setting, file or directory that can't be used as given (exit 2). */
  | "bad-input"
  /** The server under test can't be reached or doesn't know the model (exit 3). */
  | "target-unreachable"
  /** Something this machine lacks was asked for, for example CUDA (exit 2). */
  | "unavailable"
  /** Stopped by the person at the terminal (exit 105, as k6's). */
  | "interrupted";

export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: UserErrorCode;

  constructor(code: UserErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
