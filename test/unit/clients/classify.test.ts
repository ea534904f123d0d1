import { expect, test } from "vitest";
import { classify } from "../../../lib/clients/classify.ts";
import { readRecordedStream } from "../../support/recorded-stream.ts";

const decode = (data: string, inputs?: number) => classify().createDecoder(inputs).decode(data);

function predictions(text: string, promptTokens: number | null = null) {
  const count = text.split("\n").length;
  return {
    kind: "chunk",
    hasChoices: true,
    content: { kind: "visible", text },
    finishReason: null,
    usage: { promptTokens, completionTokens: count, cachedTokens: null },
    tokensSoFar: count,
  };
}

const POSITIVE = '{"label":"POSITIVE","score":0.9}';
const NEGATIVE = '{"label":"NEGATIVE","score":0.1}';
const VLLM_ONE = recorded("vllm-0.32-classify.http");
const VLLM = recorded("vllm-0.32-classify-batch.http");

function recorded(file: string): string {
  return readRecordedStream(file).body.toString("utf8");
}

test.each([
  ["one input, the likeliest class alone", `[${POSITIVE}]`, 1, "POSITIVE"],
  ["one input, all classes", `[${POSITIVE},${NEGATIVE}]`, 1, "POSITIVE"],
  ["one input, all classes in a list of their own", `[[${NEGATIVE},${POSITIVE}]]`, 1, "NEGATIVE"],
  ["a batch, a class each", `[${POSITIVE},${NEGATIVE}]`, 2, "POSITIVE\nNEGATIVE"],
  [
    "a batch, all classes each",
    `[[${POSITIVE},${NEGATIVE}],[${NEGATIVE},${POSITIVE}]]`,
    2,
    "POSITIVE\nNEGATIVE",
  ],
])("reads %s: a token a prediction", (_, data, inputs, labels) => {
  expect(decode(data, inputs)).toEqual(predictions(labels));
});

test.each([
  ["one input", VLLM_ONE, 1, "NEGATIVE", 5],
  ["a batch", VLLM, 3, "NEGATIVE\nNEGATIVE\nNEGATIVE", 9],
])(
  "reads vLLM's answer to %s, whose usage tells the prompts' tokens",
  (_, data, inputs, labels, promptTokens) => {
    expect(decode(data, inputs)).toEqual(predictions(labels, promptTokens));
  },
);

test.each([
  ["fewer predictions than inputs", `[${POSITIVE}]`, 2, /^1 predictions for 2 inputs/],
  ["more predictions than inputs", `[[${POSITIVE}],[${NEGATIVE}]]`, 1, /^2 predictions for 1/],
  ["none", "[]", 1, /^0 predictions for 1 inputs/],
  ["vLLM's for too few inputs", VLLM, 4, /^3 predictions for 4 inputs/],
  ["an empty list of classes", "[[]]", 1, /^no predictions/],
  ["a prediction without label", '[{"score":1}]', 1, /^no predictions/],
  ["another object", '{"embeddings":[]}', 1, /^no predictions/],
  ["numbers", "[1,2]", 2, /^no predictions/],
  ["a page", "<html>", 1, /^no predictions: <html>/],
])("%s: malformed", (_, data, inputs, message) => {
  expect(decode(data, inputs)).toMatchObject({
    kind: "malformed",
    message: expect.stringMatching(message),
  });
});

test("an answer cut at any byte is malformed", () => {
  for (let keep = 1; keep < VLLM.length; keep++) {
    expect(decode(VLLM.slice(0, keep), 3).kind).toBe("malformed");
  }
});

test("an error object is the server's error", () => {
  const data = '{"error":"`inputs` must have less than 512 tokens","error_type":"Validation"}';
  expect(decode(data)).toEqual({
    kind: "error",
    message: "`inputs` must have less than 512 tokens",
  });
});
