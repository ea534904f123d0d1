import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { z } from "zod";

/** ONNX Runtime's profile: an array of trace events. */
const profileSchema = z.array(
  z.looseObject({
    cat: z.string(),
    args: z.looseObject({ provider: z.string().optional() }).optional(),
  }),
);

/** Nodes of the graph by the execution provider that ran them, such as `CUDAExecutionProvider`. */
export type NodesByProvider = ReadonlyMap<string, number>;

/**
 * ONNX Runtime's API does not tell where a graph ran: a profile of one run does.
 *
 * @param open makes the session with these options
 * @param run runs it once, on anything
 */
export async function profileProviders(
  open: (options: InferenceSession.SessionOptions) => Promise<InferenceSession>,
  run: (session: InferenceSession) => Promise<unknown>,
): Promise<{ readonly session: InferenceSession; readonly nodes: NodesByProvider }> {
  const directory = mkdtempSync(join(tmpdir(), "tradeoff-profile-"));
  try {
    const session = await open({
      enableProfiling: true,
      profileFilePrefix: join(directory, "run"),
    });
    await run(session);
    session.endProfiling();
    return { session, nodes: readProfile(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readProfile(directory: string): NodesByProvider {
  const nodes = new Map<string, number>();
  for (const name of readdirSync(directory)) {
    const events = profileSchema.parse(JSON.parse(readFileSync(join(directory, name), "utf8")));
    for (const { cat, args } of events) {
      if (cat !== "Node" || args?.provider === undefined) continue;
      nodes.set(args.provider, (nodes.get(args.provider) ?? 0) + 1);
    }
  }
  return nodes;
}
