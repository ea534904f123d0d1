// One run of one load generator against a ground-truth server of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll, readLines, startServer } from "./embedded-run.mjs";
import { writeWordTokenizer } from "./word-tokenizer.mjs";

export const CHAT_PATH = "/v1/chat/completions";
const MODEL = "ground-truth";
const PROMPTS = fileURLToPath(new URL("../../data/prompts-sotu.jsonl", import.meta.url));
/** Of prompts that a program makes up: as long as the profile's are on average. */
const PROMPT_WORDS = 47;

/** Builds what is run. @returns what runs a client, with a folder that goes when the process ends */
export function openSession() {
  const folder = mkdtempSync(join(os.tmpdir(), "peers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const tokenizer = writeWordTokenizer(join(folder, "tokenizer"));
  buildAll();

  /**
   * @param behaviour of the server
   * @param load streams at once, requests of all of them, and how long those take
   * @returns what the client reports and what the server logged; `null` where the client did not finish
   */
  async function run(client, behaviour, { streams, requests, seconds }) {
    const at = join(folder, "run");
    mkdirSync(at);
    const server = await startServer(behaviour);
    const load = {
      ...{ url: server.url, model: MODEL, tokens: behaviour.tokens, tokenizer, folder: at },
      ...{ streams, requests, seconds },
      // As the profile's, for those that have a ramp.
      rampSeconds: seconds / 4,
      promptWords: PROMPT_WORDS,
      prompts: writePrompts(join(at, "prompts.jsonl"), requests),
    };
    // One that can't do it is a result of its own.
    const figures = await client.run(client.program, load).catch((error) => {
      console.error(error);
      return null;
    });
    const served = await server.stop();
    rmSync(at, { recursive: true });
    return figures === null ? null : { figures, served };
  }
  return { run };
}

/** The prompts of the profile, a line a request, under the names that one or another program looks for. */
function writePrompts(file, count) {
  const texts = readLines(PROMPTS).map(({ text }) => text);
  const lines = Array.from({ length: count }, (_, i) => {
    const text = texts[i % texts.length];
    return `${JSON.stringify({ prompt: text, text })}\n`;
  });
  writeFileSync(file, lines.join(""));
  return file;
}
