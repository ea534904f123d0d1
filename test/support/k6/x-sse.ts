import type { SseClient, SseParams, SseResponse } from "k6/x/sse";

/** What a scripted stream can do to the client that opened it. */
export interface FakeStream {
  readonly event: (data: string) => void;
  readonly error: (error: unknown) => void;
  readonly isClosed: () => boolean;
}

type Script = (stream: FakeStream) => SseResponse;

let script: { readonly kind: "answer"; readonly run: Script } | { readonly kind: "fail" };
let failure: SseResponse = { status: 0, error: "" };

/** Sets what the next `open` does once its headers are there. */
export function streamWith(run: Script): void {
  script = { kind: "answer", run };
}

/** Sets that the next `open` gets no response. */
export function failWith(error: string): void {
  script = { kind: "fail" };
  failure = { status: 0, error };
}

function open(_url: string, _params: SseParams, setUp: (client: SseClient) => void): SseResponse {
  if (script.kind === "fail") return failure;
  const onEvent: ((event: { data: string }) => void)[] = [];
  const onError: ((error: unknown) => void)[] = [];
  let closes = 0;
  const on = (event: string, handler: (argument: never) => void) => {
    // The handlers' types differ by event; the fake is called with what each takes.
    if (event === "event") onEvent.push(handler as (event: { data: string }) => void);
    if (event === "error") onError.push(handler as (error: unknown) => void);
  };
  setUp({
    on,
    close: () => {
      closes += 1;
      if (closes > 1) throw new Error("closed twice: xk6-sse would hang for ever");
    },
  });
  return script.run({
    event: (data) => {
      for (const handler of onEvent) handler({ data });
    },
    error: (error) => {
      for (const handler of onError) handler(error);
    },
    isClosed: () => closes > 0,
  });
}

// biome-ignore lint/style/noDefaultExport: as the module it stands in for
export default { open };
