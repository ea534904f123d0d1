import { SharedArray } from "k6/data";
import { cacheBustMarker } from "../workload/cache-bust.ts";
import { createPromptOrder } from "../workload/prompt-order.ts";
import { type Prompt, parsePromptSet } from "../workload/prompt-set.ts";

/** Reads a file in k6's init phase; relative paths are relative to the file that calls `open`. */
export type OpenFile = (path: string) => string;

/**
 * The prompt of the i-th request of the run. The set is in memory once for all users.
 *
 * @param cacheBust whether prompts start with a marker that makes each unique to the server's prefix cache
 */
export function createPromptSource(
  path: string,
  openFile: OpenFile,
  seed: number,
  cacheBust: boolean,
): (request: number, runId: string) => Prompt {
  const prompts: readonly Prompt[] = new SharedArray(path, () =>
    parsePromptSet(openFile(path), path),
  );
  const promptOf = createPromptOrder(prompts.length, seed);
  return (request, runId) => {
    const prompt = prompts[promptOf(request)];
    if (prompt === undefined) throw new RangeError(`no prompt for request ${request}`);
    const marker = cacheBust ? cacheBustMarker(`${runId}/${seed}`, request) : "";
    return { id: prompt.id, text: marker + prompt.text };
  };
}
