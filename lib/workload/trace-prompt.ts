import { indexedRandom } from "./indexed-random.ts";
import type { Prompt } from "./prompt-set.ts";
import { passage } from "./synthetic-prompt.ts";
import type { TraceRequest } from "./traces/trace-request.ts";

const OF_REQUESTS = 0x1b873593;
const OF_BLOCKS = 0x3c6ef372;
/** Tokens that one of Mooncake's block ids stands for. */
const BLOCK_TOKENS = 512;

/**
 * A prompt as long as a traced request, a word a token: block by block where the trace names the blocks, so that requests
 * that shared a prefix share one again.
 */
export function tracePrompt(
  text: readonly string[],
  { inputTokens, outputTokens, prefixIds }: TraceRequest,
  seed: number,
  index: number,
): Prompt {
  const parts: string[] = [];
  let left = inputTokens;
  for (const id of prefixIds ?? []) {
    if (left <= 0) break;
    parts.push(passage(text, Math.min(left, BLOCK_TOKENS), indexedRandom(seed, id, OF_BLOCKS)));
    left -= BLOCK_TOKENS;
  }
  if (left > 0) parts.push(passage(text, left, indexedRandom(seed, index, OF_REQUESTS)));
  return {
    id: `trace-${index}`,
    messages: [{ role: "user", content: parts.join(" ") }],
    outputTokens,
    inputTokens: null,
    tools: null,
    reference: null,
  };
}
