// A tokenizer directory for programs that count tokens themselves: a word is a token, as on the ground-truth server, so
// that no tokenizer has to be fetched and both sides count the same.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SPECIAL = ["<unk>", "<s>", "</s>"];
/** The server's tokens are w0, w1 and so on. */
const WORDS = 4096;
const MAX_LENGTH = 8192;

/** @returns the directory */
export function writeWordTokenizer(directory) {
  mkdirSync(directory, { recursive: true });
  const write = (name, content) => writeFileSync(join(directory, name), JSON.stringify(content));
  const words = [...SPECIAL, ...Array.from({ length: WORDS }, (_, i) => `w${i}`)];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  write("tokenizer.json", {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({ id, content, ...flags, special: true })),
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordLevel",
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      unk_token: SPECIAL[0],
    },
  });
  write("tokenizer_config.json", {
    tokenizer_class: "PreTrainedTokenizerFast",
    unk_token: SPECIAL[0],
    bos_token: SPECIAL[1],
    eos_token: SPECIAL[2],
    pad_token: SPECIAL[2],
    model_max_length: MAX_LENGTH,
    chat_template: "{% for message in messages %}{{ message['content'] }} {% endfor %}",
  });
  write("config.json", {
    model_type: "llama",
    vocab_size: words.length,
    max_position_embeddings: MAX_LENGTH,
  });
  return directory;
}
