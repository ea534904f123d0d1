import { readFileSync } from "node:fs";
import { z } from "zod";

const interval = { low: z.number(), high: z.number() };
const values = z.array(z.number());
const pair = z.tuple([z.number(), z.number()]);

const schema = z.object({
  quantiles: z.array(z.object({ values, quantiles: z.array(pair) })),
  binomialQuantiles: z.array(
    z.object({ n: z.number(), q: z.number(), p: z.number(), k: z.number() }),
  ),
  quantileIntervals: z.array(z.object({ values, q: z.number(), value: z.number(), ...interval })),
  batchMeans: z.array(z.object({ series: values, value: z.number(), ...interval })),
  bootstrap: z.object({
    a: values,
    b: values,
    mean: z.number(),
    meanInterval: pair,
    ratio: z.number(),
    ratioInterval: pair,
  }),
  wilson: z.array(z.object({ good: z.number(), of: z.number(), ...interval })),
});

/** What NumPy and SciPy say; `reference.py` beside the file made it. */
export const referenceStatistics = schema.parse(
  JSON.parse(
    readFileSync(new URL("../fixtures/statistics/reference.json", import.meta.url), "utf8"),
  ),
);
