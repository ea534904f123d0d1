import { expect, test } from "vitest";
import { range, signedShare, significant, supported } from "../../../merger/format.ts";

test.each([
  [1043, "1,040"],
  [412.4, "412"],
  [18.26, "18.3"],
  [0.9124, "0.912"],
  [5, "5"],
  [0, "0"],
])("%d has three significant digits: %s", (value, text) => {
  expect(significant(value)).toBe(text);
});

// Two digits of half the interval's width, and three of the estimate's own at most.
test.each([
  { value: 1043, low: 1020, high: 1066, text: "1,040", between: "1,020 to 1,070" },
  { value: 82.84, low: 70.2, high: 95.1, text: "83", between: "70 to 95" },
  { value: 958, low: 701, high: 1203, text: "960", between: "700 to 1,200" },
  { value: 7.4213, low: 7.41, high: 7.43, text: "7.42", between: "7.41 to 7.43" },
  { value: 4, low: 4, high: 4, text: "4", between: "4 to 4" },
])("$value between $low and $high is $text", ({ text, between, ...interval }) => {
  expect(supported(interval)).toBe(text);
  expect(range(interval)).toBe(between);
});

test.each([
  { value: 0.00526, low: 0.00497, high: 0.00554, text: "+0.53 %", between: "+0.50 to +0.55 %" },
  { value: -0.095, low: -0.387, high: 0.331, text: "−10 %", between: "−39 to +33 %" },
  { value: 0.425, low: 0.383, high: 0.465, text: "+43 %", between: "+38 to +47 %" },
])("a share of $value is $text", ({ text, between, ...interval }) => {
  expect(signedShare(interval)).toEqual({ value: text, range: between });
});
