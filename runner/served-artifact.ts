import { z } from "zod";
import { digestSchema } from "../records/shared-schemas.ts";

const TIMEOUT_MS = 5_000;

const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string(), artifact: digestSchema.optional() })),
});

/**
 * The digest of the served model, where the server tells it (`artifact` in `/v1/models`, as `tradeoff model-server`
 * does). Other servers don't: then a label joins the run to its quality. Never fails: whether the server can be used at
 * all is for the profile's own setup to say.
 */
export async function servedArtifact(
  baseUrl: string,
  model: string | undefined,
  apiKey: string | undefined,
): Promise<string | null> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/(v1\/?)?$/, "")}/v1/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const parsed = modelsSchema.safeParse(await response.json());
    if (!parsed.success) return null;
    const served = parsed.data.data;
    const one =
      model === undefined && served.length === 1 ? served[0] : served.find((m) => m.id === model);
    return one?.artifact ?? null;
  } catch {
    return null;
  }
}
