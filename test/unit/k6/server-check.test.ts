import { expect, test } from "vitest";
import { checkServer } from "../../../lib/k6/server-check.ts";
import { answerWith, type FakeAnswer } from "../../support/k6/http.ts";

const check = (model?: string) => checkServer("http://gpu:8000", model, {});
const list = (...ids: readonly string[]): FakeAnswer => ({
  status: 200,
  body: JSON.stringify({ object: "list", data: ids.map((id) => ({ id })) }),
});

test.each([
  ["the model that is asked for", { "/v1/models": list("a", "b") }, "b", "b"],
  ["the only one served, where none is asked for", { "/v1/models": list("a") }, undefined, "a"],
  ["any, where the server is well and lists none", { "/health": { status: 200 } }, "x", "x"],
  [
    "any, where the list is no list",
    { "/v1/models": { status: 200, body: "<html>" }, "/health": { status: 200 } },
    "x",
    "x",
  ],
] as const)("takes %s", async (_, answers, model, taken) => {
  answerWith(answers);
  expect(await check(model)).toBe(taken);
});

test.each([
  [
    "nobody there",
    { "/v1/models": { status: 0, error: "connection refused" } },
    "a",
    "nobody answers at http://gpu:8000: connection refused",
  ],
  [
    "an unknown model",
    { "/v1/models": list("a", "b") },
    "c",
    'MODEL: found "c", allowed: a model that http://gpu:8000 serves: a, b',
  ],
  ["a choice of models and none asked for", { "/v1/models": list("a", "b") }, undefined, ": a, b"],
  ["no model at all", { "/v1/models": list() }, undefined, "serves: none"],
  ["a key refused", { "/v1/models": { status: 401 } }, "a", "is API_KEY set, and right?"],
  [
    "a server that is not well",
    { "/v1/models": { status: 503 }, "/health": { status: 503 } },
    "a",
    "answered HTTP 503 and no list of models; http://gpu:8000/health answered HTTP 503",
  ],
  [
    "no list and no model asked for",
    { "/health": { status: 200 } },
    undefined,
    "MODEL: not set, and http://gpu:8000 does not list its models",
  ],
] as const)("refuses %s", async (_, answers, model, message) => {
  answerWith(answers);
  await expect(check(model)).rejects.toMatchObject({
    code: "target-unreachable",
    message: expect.stringContaining(message),
  });
});
