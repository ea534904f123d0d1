import { z } from "zod";
import { type ModelFile, parseModelFile } from "./model-file.ts";

const count = z.number().int().positive();
const tokenIds = z
  .union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())])
  .nullish()
  .transform((ids) => (ids == null ? null : [ids].flat()));

/** GPT-2 and its time named the same things otherwise. */
const configSchema = z.object({
  model_type: z.string(),
  vocab_size: count,
  num_hidden_layers: count.nullish(),
  n_layer: count.nullish(),
  n_layers: count.nullish(),
  num_attention_heads: count.nullish(),
  n_head: count.nullish(),
  n_heads: count.nullish(),
  num_key_value_heads: count.nullish(),
  hidden_size: count.nullish(),
  n_embd: count.nullish(),
  d_model: count.nullish(),
  head_dim: count.nullish(),
  max_position_embeddings: count.nullish(),
  n_positions: count.nullish(),
  max_seq_len: count.nullish(),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
});

const generationConfigSchema = z.object({ bos_token_id: tokenIds, eos_token_id: tokenIds });

/** What this project reads of `config.json`, one name a thing. */
export interface ModelConfig {
  readonly modelType: string;
  /** Rows of the embedding table: at least the tokenizer's vocabulary, often padded above it. */
  readonly vocabularySize: number;
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** Longest sequence in tokens; `null` for a model that sets itself no limit. */
  readonly maxLength: number | null;
  readonly bosTokenId: number | null;
  /** Any of them ends an answer; `generation_config.json` has the last word, as in transformers. */
  readonly eosTokenIds: readonly number[];
}

/**
 * @param generation `generation_config.json` where there is one
 * @throws UserError naming the file and each wrong field
 */
export function parseModelConfig(file: ModelFile, generation: ModelFile | null): ModelConfig {
  const config = parseModelFile(file, configSchema);
  const generationConfig =
    generation === null ? null : parseModelFile(generation, generationConfigSchema);
  const need = (names: string, value: number | null | undefined): number => {
    if (value == null) throw file.error(`has no ${names}; expected a positive whole number`);
    return value;
  };
  const heads = need(
    "num_attention_heads",
    config.num_attention_heads ?? config.n_head ?? config.n_heads,
  );
  const hidden = need("hidden_size", config.hidden_size ?? config.n_embd ?? config.d_model);
  return {
    modelType: config.model_type,
    vocabularySize: config.vocab_size,
    layers: need(
      "num_hidden_layers",
      config.num_hidden_layers ?? config.n_layer ?? config.n_layers,
    ),
    keyValueHeads: config.num_key_value_heads ?? heads,
    headSize: config.head_dim ?? hidden / heads,
    maxLength: config.max_position_embeddings ?? config.n_positions ?? config.max_seq_len ?? null,
    bosTokenId: (generationConfig?.bos_token_id ?? config.bos_token_id)?.[0] ?? null,
    eosTokenIds: generationConfig?.eos_token_id ?? config.eos_token_id ?? [],
  };
}
