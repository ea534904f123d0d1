import { expect, test } from "vitest";
import { wrap } from "../../../lib/k6/summary-format.ts";

test.each([
  ["a bb ccc", 100, ["a bb ccc"]],
  ["a bb ccc", 4, ["a bb", "ccc"]],
  ["a bb ccc", 3, ["a", "bb", "ccc"]],
  ["a longest b", 3, ["a", "longest", "b"]],
])("wraps %j at %i columns", (text, columns, lines) => {
  expect(wrap(text, columns)).toEqual(lines);
});
