/** Stands in for `k6/http` in unit tests: answers by path, as the test sets them. */
export interface FakeAnswer {
  readonly status: number;
  readonly body?: string;
  readonly error?: string;
  readonly errorCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the body took, milliseconds. */
  readonly receivingMs?: number;
}

const answers = new Map<string, FakeAnswer>();

/** Sets what is answered at each path; all other paths are 404. */
export function answerWith(byPath: Readonly<Record<string, FakeAnswer>>): void {
  answers.clear();
  for (const [path, answer] of Object.entries(byPath)) answers.set(path, answer);
}

function request(url: string) {
  const answer = answers.get(new URL(url).pathname) ?? { status: 404 };
  return {
    status: answer.status,
    error: answer.error ?? "",
    error_code: answer.errorCode ?? 0,
    body: answer.body ?? null,
    headers: answer.headers ?? {},
    timings: { receiving: answer.receivingMs ?? 0 },
  };
}

// biome-ignore lint/style/noDefaultExport: as the module it stands in for
export default { get: request, post: request };
