import { z } from "zod";

/**
 * `prices.json`: what an hour of a machine costs. A variant takes the first entry whose labels it all has; an entry without
 * labels fits any.
 */
export const pricesFileSchema = z.strictObject({
  currency: z.string().min(1),
  machines: z
    .array(
      z.strictObject({
        labels: z.record(z.string(), z.string()).default({}),
        perHour: z.number().positive(),
        /** Machines (GPUs) that serve the variant. */
        count: z.number().int().positive().default(1),
      }),
    )
    .min(1),
});

export type PricesFile = z.infer<typeof pricesFileSchema>;
