/**
 * An error as k6 scripts meet it from Go code: `error()` gives its text, and so does converting it to a string. Its
 * texts are Go's, so that a script that looks into them reads the same on both engines.
 */
export class GoError {
  readonly #message: string;

  constructor(message: string) {
    this.#message = message;
  }

  error(): string {
    return this.#message;
  }

  toString(): string {
    return this.#message;
  }
}
