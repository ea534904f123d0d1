import { UserError } from "../lib/core/user-error.ts";

/** What a profile's `setup` says when it ends the test: `test aborted: target-unreachable: nobody answers at ...`. */
const ABORTED = /(target-unreachable|bad-input): (.*)$/s;
/** What k6 and the embedded engine print of a malformed setting, before any user starts; a stack follows. */
const THROWN = /UserError: (.*)$/s;
const STACK_LINE = /^\s+at /;

/**
 * What the person did wrong, if that is why the engine ended: then its log is for the trash, and the exit code is the
 * command's own.
 *
 * @param log what the engine wrote to standard error, line by line
 */
export function findMisuse(log: readonly string[]): UserError | undefined {
  for (const [index, line] of log.entries()) {
    const aborted = ABORTED.exec(line);
    if (aborted !== null) {
      const code = aborted[1] === "bad-input" ? "bad-input" : "target-unreachable";
      return new UserError(code, aborted[2] ?? "");
    }
    const thrown = THROWN.exec(line);
    if (thrown !== null) {
      const rest = log.slice(index + 1);
      const end = rest.findIndex((later) => STACK_LINE.test(later) || later.trim() === "");
      const message = [thrown[1] ?? "", ...rest.slice(0, end < 0 ? rest.length : end)];
      return new UserError("bad-input", message.join("\n"));
    }
  }
  return undefined;
}
