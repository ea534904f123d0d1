/** A request that is answered by an error, in the form of the surface that it came to. */
export abstract class HttpFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** What is sent: an object as JSON, a string as plain text. */
  abstract body(): object | string;
}

/**
 * An answer other than the one asked for, in vLLM's form:
 * `{"error": {"message", "type", "param", "code"}}` with `code` the HTTP status.
 */
export class ApiError extends HttpFailure {
  override readonly name = "ApiError";
  readonly type: string;
  /** The field of the request that is to blame. */
  readonly param: string | null;

  constructor(status: number, type: string, message: string, param: string | null = null) {
    super(status, message);
    this.type = type;
    this.param = param;
  }

  override body(): { readonly error: Readonly<Record<string, unknown>> } {
    const { message, type, param, status } = this;
    return { error: { message, type, param, code: status } };
  }
}

/** A request that is understood but can't be met as it stands. */
export function badRequest(message: string, param: string | null = null): ApiError {
  return new ApiError(400, "BadRequestError", message, param);
}

export interface FieldProblem {
  readonly type: string;
  /** Path of the field, beginning with `body`. */
  readonly location: string;
  readonly message: string;
}

/** A body of the wrong form. vLLM lists every problem in the message and names the first one's field in `param`. */
export function invalidBody(problems: readonly FieldProblem[]): ApiError {
  const lines = problems.map(
    ({ type, location, message }) =>
      `  {'type': '${type}', 'loc': '${location}', 'msg': ${JSON.stringify(message)}}`,
  );
  const title = `${problems.length} validation error${problems.length === 1 ? "" : "s"}:`;
  return new ApiError(
    400,
    "Bad Request",
    [title, ...lines].join("\n"),
    problems[0]?.location ?? null,
  );
}
