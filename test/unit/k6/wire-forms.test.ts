import { describe, expect, test } from "vitest";
import { clientOf } from "../../../lib/clients/registry.ts";
import type { Api } from "../../../lib/core/api.ts";
import { assembleTokenStream, type TokenStream } from "../../../lib/core/token-stream.ts";
import { captureStream } from "../../../lib/k6/sse-transport.ts";
import { SseLines } from "../../../runner/embedded/net/sse-lines.ts";
import { tickingClock } from "../../support/k6/ticking-clock.ts";
import { type FakeStream, streamWith } from "../../support/k6/x-sse.ts";
import { readRecordedStream } from "../../support/recorded-stream.ts";

const OK = { status: 200, error: "", headers: { "Content-Type": "text/event-stream" } };

/** From the bytes of a body to the account of its answer, by the line rules of xk6-sse. */
async function answerOf(
  api: Api,
  parts: readonly Buffer[],
  { isCut = false } = {},
): Promise<TokenStream> {
  const { createDecoder, endMarker, ending } = clientOf(api);
  streamWith((stream) => {
    feed(stream, parts);
    if (isCut && !stream.isClosed()) stream.error(new Error("unexpected EOF"));
    return OK;
  });
  const request = { url: "http://gpu:8000/x", headers: {}, body: "{}", timeoutMs: 1000, endMarker };
  const capture = await captureStream(request, tickingClock(), () => ({}));
  return assembleTokenStream(capture, createDecoder(), ending, request.timeoutMs);
}

function feed(stream: FakeStream, parts: readonly Buffer[]): void {
  const lines = new SseLines({
    onEvent: ({ data }) => stream.event(data),
    onUnknownLine: (line) => stream.error(new Error(`unknown event: ${line}`)),
    isClosed: stream.isClosed,
  });
  for (const part of parts) lines.push(part);
}

/** All that does not depend on when the events came. */
function said({
  outcome,
  text,
  finishReason,
  usage,
  chunkChars,
  chunkTokens,
  contentKinds,
}: TokenStream) {
  return { outcome, text, finishReason, usage, chunkChars, chunkTokens, contentKinds };
}

const RECORDINGS: readonly (readonly [Api, string])[] = [
  ["vllm-chat", "vllm-0.32-chat.http"],
  ["llamacpp-chat", "llamacpp-b11434/chat_multibyte.http"],
  ["tgi-chat", "tgi-3.3.7/chat_stream_multibyte_usage.http"],
  ["vllm-completions", "llamacpp-b11434/cmpl_stream.http"],
  ["tgi-generate", "tgi-2.0.4-gs_plain_eos.http"],
  ["tgi-generate", "tgi-3.3.7/gs_multibyte_eos.http"],
  ["triton-generate", "triton-generate_stream.http"],
];

/** Other ways to write the same stream, all of them allowed by the format. */
const FORMS: readonly (readonly [string, (body: string) => string])[] = [
  ["lines that end with CRLF", (body) => body.replaceAll("\n", "\r\n")],
  ["no space after the colon", (body) => body.replaceAll("data: ", "data:")],
  ["comments between events", (body) => `: hello\n\n${body.replaceAll("\n\n", "\n\n: ping\n\n")}`],
  ["comments within events", (body) => body.replaceAll("\ndata:", "\n:\ndata:")],
  [
    "names, ids and retry times",
    (body) => body.replaceAll(/^data:/gm, "event: message\nid: 7\nretry: 3000\ndata:"),
  ],
  ["a byte order mark", (body) => `\uFEFF${body}`],
  [
    "data spread over lines",
    (body) => body.replaceAll(/^data: ?\{(.*)\}$/gm, "data: {\ndata: $1\ndata: }"),
  ],
];

describe.each(RECORDINGS)("%s: %s", (api, file) => {
  const { body } = readRecordedStream(file);

  test.each(FORMS)("says the same with %s", async (_, form) => {
    const plain = await answerOf(api, [body]);
    expect(plain.outcome).toBe("completed");
    const other = Buffer.from(form(body.toString("utf8")));
    expect(said(await answerOf(api, [other]))).toEqual(said(plain));
  });

  test("says the same wherever the reads are cut, within characters too", async () => {
    const plain = said(await answerOf(api, [body]));
    expect(
      said(
        await answerOf(
          api,
          [...body].map((byte) => Buffer.of(byte)),
        ),
      ),
    ).toEqual(plain);
    for (let cut = 1; cut < body.length; cut += 7) {
      const parts = [body.subarray(0, cut), body.subarray(cut)];
      expect(said(await answerOf(api, parts))).toEqual(plain);
    }
  });

  test("is truncated where the connection breaks before the end, at whatever byte", async () => {
    const ends = endOf(api, body);
    for (let cut = 0; cut < body.length; cut++) {
      const { outcome } = await answerOf(api, [body.subarray(0, cut)], { isCut: true });
      expect(outcome, `cut at ${cut} of ${body.length}`).toBe(
        cut < ends ? "truncated" : "completed",
      );
    }
  });
});

/** Bytes after which an answer is complete even if the connection breaks then. */
function endOf(api: Api, body: Buffer): number {
  const { ending } = clientOf(api);
  // The server closes it: no byte says so.
  if (ending === "close") return Number.POSITIVE_INFINITY;
  const last = { "end-marker": "data: [DONE]", "finish-reason": '"finish_reason":"' }[ending];
  const at = api === "tgi-generate" ? body.indexOf('"generated_text":"') : body.indexOf(last);
  return body.indexOf("\n\n", at) + 2;
}
