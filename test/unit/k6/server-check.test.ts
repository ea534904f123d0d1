import { expect, test } from "vitest";
import { clientOf } from "../../../lib/clients/registry.ts";
import type { Api } from "../../../lib/core/api.ts";
import { checkServer } from "../../../lib/k6/server-check.ts";
import { answerWith, type FakeAnswer } from "../../support/k6/http.ts";
import { readRecordedStream } from "../../support/recorded-stream.ts";

const check = (model?: string, api: Api = "vllm-chat") =>
  checkServer({ baseUrl: "http://gpu:8000", headers: {}, probes: clientOf(api).probes }, model);
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
    "answered HTTP 503 and names no model; http://gpu:8000/health answered HTTP 503",
  ],
  [
    "no list and no model asked for",
    { "/health": { status: 200 } },
    undefined,
    "MODEL: not set; http://gpu:8000/v1/models answered HTTP 404",
  ],
] as const)("refuses %s", async (_, answers, model, message) => {
  answerWith(answers);
  await expect(check(model)).rejects.toMatchObject({
    code: "target-unreachable",
    message: expect.stringContaining(message),
  });
});

const tgiInfo: FakeAnswer = {
  status: 200,
  body: readRecordedStream("tgi-3.3.7/info.http").body.toString("utf8"),
};
const llamacppModels: FakeAnswer = {
  status: 200,
  body: readRecordedStream("llamacpp-b11434/v1_models.http").body.toString("utf8"),
};
const tritonNotReady: FakeAnswer = {
  status: 400,
  body: readRecordedStream("triton-ready-unknown.http").body.toString("utf8"),
};

test.each([
  ["tgi-generate", { "/info": tgiInfo }, undefined, "bench/pt2-tiny"],
  ["tgi-chat", { "/info": tgiInfo }, "bench/pt2-tiny", "bench/pt2-tiny"],
  ["llamacpp-chat", { "/v1/models": llamacppModels }, undefined, "/srv/models/pt-f32.gguf"],
  ["triton-generate", { "/v2/models/m%2Fx/ready": { status: 200 } }, "m/x", "m/x"],
  ["triton-generate", { "/health": { status: 200 } }, "m", "m"],
  ["classify", { "/info": tgiInfo }, undefined, "bench/pt2-tiny"],
  ["classify", { "/v1/models": list("a", "b") }, "b", "b"],
  ["vllm-classify", { "/v1/models": list("a") }, undefined, "a"],
] as const)("%s: finds the model out as its server tells", async (api, answers, model, taken) => {
  answerWith(answers);
  expect(await check(model, api)).toBe(taken);
});

test.each([
  [
    "tgi-generate",
    { "/info": tgiInfo },
    "other",
    'MODEL: found "other", allowed: a model that http://gpu:8000 serves: bench/pt2-tiny',
  ],
  [
    "triton-generate",
    { "/v2/models/nope/ready": tritonNotReady },
    "nope",
    "/v2/models/nope/ready answered HTTP 400 Model version not ready",
  ],
  [
    "triton-generate",
    { "/v2/models/m/ready": { status: 400 }, "/health": { status: 200 } },
    "m",
    'MODEL: "m" is not ready: http://gpu:8000/v2/models/m/ready answered HTTP 400',
  ],
  [
    "triton-generate",
    {},
    undefined,
    "MODEL: not set, and http://gpu:8000 can only be asked for one by name",
  ],
  [
    "classify",
    { "/info": { status: 200, body: "{}" } },
    "m",
    "http://gpu:8000/info answered HTTP 200 and names no model; " +
      "http://gpu:8000/v1/models answered HTTP 404 and names no model; " +
      "http://gpu:8000/health answered HTTP 404",
  ],
] as const)(
  "%s: refuses, saying what was asked and answered",
  async (api, answers, model, message) => {
    answerWith(answers);
    await expect(check(model, api)).rejects.toMatchObject({
      code: "target-unreachable",
      message: expect.stringContaining(message),
    });
  },
);
