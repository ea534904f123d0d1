import { expect, test } from "vitest";
import { shareInterval } from "../../../lib/core/share-interval.ts";
import { referenceStatistics } from "../../support/reference-statistics.ts";

test.each(referenceStatistics.wilson)("$good of $of: SciPy's Wilson interval", (reference) => {
  const interval = shareInterval(reference.good, reference.of);
  expect(interval?.value).toBe(reference.good / reference.of);
  expect(interval?.low).toBeCloseTo(reference.low, 12);
  expect(interval?.high).toBeCloseTo(reference.high, 12);
});

test("a share of nothing is not known", () => {
  expect(shareInterval(0, 0)).toBeUndefined();
});
