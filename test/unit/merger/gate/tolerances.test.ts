import { expect, test } from "vitest";
import { parseTolerances } from "../../../../merger/gate/tolerances.ts";

test("5 % unless told otherwise, later ones over earlier ones", () => {
  expect(parseTolerances([]).get("ttft.p95")).toBe(0.05);
  const some = parseTolerances(["8%", "ttft=20%", "ttft.p95=12.5 %", "perplexity=off"]);
  expect(Object.fromEntries(some)).toMatchObject({
    "ttft.p50": 0.2,
    "ttft.p95": 0.125,
    "itl.p50": 0.08,
    tokens: 0.08,
    goodRate: 0.08,
    perplexity: null,
  });
});

test.each([
  ["ttft.p95=10", /found "ttft\.p95=10", allowed: .*percentage/],
  ["ttft.p95=-3%", /allowed/],
  ["ttft.p95=ten%", /allowed/],
  ["tpot=10%", /no metric "tpot", allowed: ttft\.p50.*perplexity/],
  ["=10%", /no metric ""/],
  ["ttft.p95", /allowed/],
  ["", /allowed/],
])("refuses %j", (text, message) => {
  expect(() => parseTolerances([text])).toThrow(message);
});
