import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { InferenceSession } from "onnxruntime-node";

function read(dir: string) {
  const json = (name: string) => JSON.parse(readFileSync(join(dir, name), "utf8"));
  const tokenizer = new Tokenizer(json("tokenizer.json"), json("tokenizer_config.json"));
  return { config: json("config.json"), tokenizer, tokenizerConfig: json("tokenizer_config.json") };
}

export async function loadForEngine(dir: string, threads: number) {
  const { config, tokenizer } = read(dir);
  const session = await InferenceSession.create(join(dir, "model.onnx"), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  return {
    session,
    model: {
      eosTokenIds: [config.eos_token_id].flat().filter((x: unknown) => typeof x === "number"),
      decode: (ids: readonly number[]) => tokenizer.decode([...ids], { skip_special_tokens: true }),
    },
  };
}

export async function readServed(dir: string) {
  const { config, tokenizer, tokenizerConfig } = read(dir);
  const jinja = join(dir, "chat_template.jinja");
  return {
    digest: `sha256:${createHash("sha256")
      .update(readFileSync(join(dir, "model.onnx")))
      .digest("hex")}`,
    maxLength: config.max_position_embeddings as number,
    vocabularySize: config.vocab_size as number,
    encode: (text: string, add: boolean) => tokenizer.encode(text, { add_special_tokens: add }).ids,
    chatTemplate: existsSync(jinja)
      ? readFileSync(jinja, "utf8")
      : (tokenizerConfig.chat_template ?? null),
    specialTokens: { eos_token: tokenizerConfig.eos_token, bos_token: tokenizerConfig.bos_token },
  };
}
