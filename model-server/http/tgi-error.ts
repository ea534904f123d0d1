import { ApiError, HttpFailure } from "./api-error.ts";

/** TGI's kinds of errors; a generation that fails has, against all custom, a status that says so of another server. */
const STATUS = { validation: 422, overloaded: 429, generation: 424 } as const;

/** `{"error", "error_type"}`: the body of a refusal, or an event of a stream whose status is 200. */
export class TgiError extends HttpFailure {
  override readonly name = "TgiError";
  readonly type: keyof typeof STATUS;

  constructor(type: keyof typeof STATUS, message: string) {
    super(STATUS[type], message);
    this.type = type;
  }

  override body(): { readonly error: string; readonly error_type: string } {
    return { error: this.message, error_type: this.type };
  }
}

/** A body that is no request at all: refused with plain text, also where a stream was asked for. */
export class TgiBodyError extends HttpFailure {
  override readonly name = "TgiBodyError";

  override body(): string {
    return this.message;
  }
}

export function invalidInput(message: string): TgiError {
  return new TgiError("validation", `Input validation error: ${message}`);
}

export function failedGeneration(message: string): TgiError {
  return new TgiError("generation", `Request failed during generation: Server error: ${message}`);
}

/** @throws TgiError: what `read` refuses in vLLM's form is refused in TGI's */
export function withTgiErrors<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof ApiError ? invalidInput(error.message) : error;
  }
}
