import { existsSync, readFileSync } from "node:fs";
import { parseJson } from "../lib/core/parse-json.ts";
import { type ServerSample, serverSampleSchema } from "./server-sample.ts";

/**
 * Reads `server.ndjson`, a line a second of a run; none where there is no such file. Never fails for what is in it: a kill
 * leaves half a line, and what came before is still true.
 */
export function readServerSamples(path: string): ServerSample[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => serverSampleSchema.safeParse(parseJson(line)).data ?? []);
}
