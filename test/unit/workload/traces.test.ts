import { describe, expect, test } from "vitest";
import { parseTrace } from "../../../lib/workload/traces/parse-trace.ts";
import { loop, sampleShare, speedUp } from "../../../lib/workload/traces/replay-trace.ts";

/** Rows in the publishers' own forms, their figures made up. */
const MOONCAKE = `{"timestamp": 0, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 48]}
{"timestamp": 10535, "input_length": 6472, "output_length": 26, "hash_ids": [46, 47, 60]}
`;
const AZURE_2023 =
  "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 23:59:59.9799600,4808,10\r\n2023-11-17 00:00:00.0800000,110,27\r\n";
const AZURE_2024 =
  "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930+00:00,2162,5\n" +
  "2024-05-10 00:00:01+00:00,2399,6\n2024-05-10 02:00:01.500000+02:00,10,7\n";
const BURSTGPT =
  "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n" +
  "45.5,GPT-4,1087,0,1087,API log\n118,GPT-4,417,276,693,API log\n";
const BURSTGPT_WIDER =
  "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n2,a1,3.5,ChatGPT,4,5,9,API log\n";

const request = (
  atMs: number,
  inputTokens: number,
  outputTokens: number,
  prefixIds: number[] | null = null,
) => ({
  atMs,
  inputTokens,
  outputTokens,
  prefixIds,
});

describe("formats, told by their first line", () => {
  test("Mooncake", () => {
    expect(parseTrace(MOONCAKE, "t.jsonl")).toEqual({
      format: "mooncake",
      requests: [request(0, 6955, 52, [46, 47, 48]), request(10_535, 6472, 26, [46, 47, 60])],
      skipped: 0,
    });
  });

  test("Azure 2023: seven digits, no zone, over midnight", () => {
    expect(parseTrace(AZURE_2023, "t.csv")).toEqual({
      format: "azure",
      requests: [request(0, 4808, 10), request(100.04, 110, 27)],
      skipped: 0,
    });
  });

  test("Azure 2024: a zone, a whole second without a fraction", () => {
    expect(parseTrace(AZURE_2024, "t.csv").requests).toEqual([
      request(0, 2162, 5),
      request(990.07, 2399, 6),
      request(1490.07, 10, 7),
    ]);
  });

  test("BurstGPT: seconds; a failure without response tokens is skipped and counted", () => {
    expect(parseTrace(BURSTGPT, "t.csv")).toEqual({
      format: "burstgpt",
      requests: [request(0, 472, 18), request(113_000, 417, 276)],
      skipped: 1,
    });
    expect(parseTrace(BURSTGPT_WIDER, "t.csv").requests).toEqual([request(0, 4, 5)]);
  });

  test("requests are put in order of time, the first at 0", () => {
    const lines = [30, 10, 20].map(
      (t) => `{"timestamp":${t},"input_length":${t},"output_length":1}`,
    );
    expect(parseTrace(lines.join("\n"), "t").requests).toEqual([
      request(0, 10, 1),
      request(10, 20, 1),
      request(20, 30, 1),
    ]);
  });
});

test("a byte order mark and empty lines are passed over", () => {
  const spaced = `\ufeff\r\n\n${AZURE_2023.replaceAll("\r\n", "\r\n\r\n")}`;
  expect(parseTrace(spaced, "t.csv")).toEqual(parseTrace(AZURE_2023, "t.csv"));
});

test.each([
  ["", /^t\.csv: found no requests to replay/],
  ["\ntime", /^t\.csv: line 2: found time, allowed: the start of a trace: Mooncake JSONL/],
  ["time,in,out\n1,2,3", /^t\.csv: line 1: found time,in,out, allowed: /],
  ["TIMESTAMP,ContextTokens,GeneratedTokens\n", /^t\.csv: found no requests to replay/],
  [
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16,1,2",
    /^t\.csv: line 2: found 2023-11-16,1,2, allowed: 2024/,
  ],
  [`${AZURE_2023}yesterday,1,2`, /^t\.csv: line 4: found yesterday,1,2/],
  [`${AZURE_2023}2023-13-17 00:00:00,1,2`, /^t\.csv: line 4/],
  [`${AZURE_2023}2023-12-17 24:00:00,1,2`, /^t\.csv: line 4/],
  ['{"timestamp":0,"input_length":10000001,"output_length":1}', /^t\.csv: line 1/],
  [`${BURSTGPT}9,ChatGPT,-4,5,1,API log`, /^t\.csv: line 5: found 9,ChatGPT,-4/],
  [`${BURSTGPT}9,ChatGPT,4`, /^t\.csv: line 5/],
  ['{"timestamp":0,"input_length":1}', /^t\.csv: line 1: found .*allowed: \{"timestamp"/],
  [`${MOONCAKE}{"timestamp":0,`, /^t\.csv: line 3/],
  ['{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":["a"]}', /^t\.csv: line 1/],
])("refuses %j", (text, message) => {
  expect(() => parseTrace(text, "t.csv")).toThrow(message);
});

describe("replay", () => {
  const requests = [0, 100, 300, 400].map((atMs) => request(atMs, 1, 1));
  const times = (list: readonly { atMs: number }[]) => list.map(({ atMs }) => atMs);

  test("a speed-up divides the times", () => {
    expect(times(speedUp(requests, 4))).toEqual([0, 25, 75, 100]);
    expect(times(speedUp(requests, 0.5))).toEqual([0, 200, 600, 800]);
  });

  test("a share keeps each request at its time by a seeded draw", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => request(i, 1, 1));
    const kept = sampleShare(many, 0.3, 5);
    expect(Math.abs(kept.length / 20_000 - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 20_000));
    expect(kept).toEqual(sampleShare(many, 0.3, 5));
    expect(kept).not.toEqual(sampleShare(many, 0.3, 6));
    expect(sampleShare(many, 1, 5)).toEqual(many);
  });

  test("a loop begins again one mean gap after the last request, and ends at the time given", () => {
    // 4 requests over 400 ms: mean gap 400/3
    expect(times(loop(requests, 700))).toEqual([0, 100, 300, 400, 533.333, 633.333]);
    expect(times(loop(requests, 300))).toEqual([0, 100]);
  });

  test("a trace of one moment is not looped for ever", () => {
    expect(times(loop([request(0, 1, 1), request(0, 2, 1)], 500))).toEqual([0, 0]);
  });

  test("a trace so fast that its rounds are beyond number is refused", () => {
    expect(() => loop(speedUp(requests, 100_000), 60_000)).toThrow(/over 5000000 requests/);
  });
});
