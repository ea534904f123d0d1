import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readModelDirectory } from "../../../model/model-directory.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/tiny-model/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "model-directory-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let copies = 0;
function copyOf(fixture: "llama" | "llama-external"): string {
  const directory = join(scratch, `${fixture}-${++copies}`);
  cpSync(join(FIXTURES, fixture), directory, { recursive: true });
  return directory;
}

function edit(path: string, change: (value: Record<string, unknown>) => void): void {
  const value: Record<string, unknown> = JSON.parse(readFileSync(path, "utf8"));
  change(value);
  writeFileSync(path, JSON.stringify(value));
}

describe("a model directory", () => {
  test("is read with its configuration, tokenizer and chat settings", async () => {
    const model = await readModelDirectory(join(FIXTURES, "llama"));
    expect(model).toMatchObject({
      name: "llama",
      modelBytes: 131_517,
      config: {
        modelType: "llama",
        vocabularySize: 384,
        layers: 2,
        keyValueHeads: 2,
        headSize: 8,
        maxLength: 128,
        bosTokenId: 0,
        eosTokenIds: [0],
      },
      chat: {
        template: null,
        specialTokens: { bos_token: "<|endoftext|>", eos_token: "<|endoftext|>" },
      },
      variant: null,
    });
    expect(model.tokenizer.size).toBe(384);
  });

  test("has a digest of names, sizes and contents of the files that define its answers", async () => {
    const directory = join(FIXTURES, "llama-external");
    const hash = createHash("sha256");
    for (const name of ["config.json", "model.onnx", "model.onnx_data", "tokenizer.json"]) {
      const bytes = readFileSync(join(directory, name));
      hash.update(`${name}\0${bytes.length}\0`).update(bytes);
    }
    const { digest } = await readModelDirectory(directory);
    expect(digest).toBe(`sha256:${hash.digest("hex")}`);
  });

  test("keeps its digest under another name and changes it with one weight", async () => {
    const before = await readModelDirectory(join(FIXTURES, "llama-external"));
    const directory = copyOf("llama-external");
    expect((await readModelDirectory(directory)).digest).toBe(before.digest);
    const weights = readFileSync(join(directory, "model.onnx_data"));
    weights[1000] = (weights[1000] ?? 0) ^ 1;
    writeFileSync(join(directory, "model.onnx_data"), weights);
    expect((await readModelDirectory(directory)).digest).not.toBe(before.digest);
  });

  test("may be GPT-2's, whose config.json names things otherwise", async () => {
    const directory = copyOf("llama");
    const config = {
      model_type: "gpt2",
      vocab_size: 384,
      n_layer: 2,
      n_head: 4,
      n_embd: 32,
      n_positions: 96,
      eos_token_id: 7,
    };
    writeFileSync(join(directory, "config.json"), JSON.stringify(config));
    writeFileSync(join(directory, "generation_config.json"), '{"eos_token_id": [5, 6]}');
    expect((await readModelDirectory(directory)).config).toEqual({
      modelType: "gpt2",
      vocabularySize: 384,
      layers: 2,
      keyValueHeads: 4,
      headSize: 8,
      maxLength: 96,
      bosTokenId: null,
      eosTokenIds: [5, 6],
    });
  });

  test("tells its chat template, from its own file first", async () => {
    const directory = copyOf("llama");
    edit(join(directory, "tokenizer_config.json"), (settings) => {
      settings["chat_template"] = [
        { name: "tool_use", template: "tools" },
        { name: "default", template: "plain" },
      ];
      settings["eos_token"] = { content: "<end>" };
    });
    const { chat } = await readModelDirectory(directory);
    expect(chat).toEqual({
      template: "plain",
      specialTokens: { bos_token: "<|endoftext|>", eos_token: "<end>" },
    });
    writeFileSync(join(directory, "chat_template.jinja"), "own");
    expect((await readModelDirectory(directory)).chat.template).toBe("own");
  });

  test("tells what variant.json says of it", async () => {
    const directory = copyOf("llama");
    writeFileSync(join(directory, "variant.json"), '{"name": "tiny-fp32", "precision": "fp32"}');
    const { variant } = await readModelDirectory(directory);
    expect(variant).toEqual({ name: "tiny-fp32", precision: "fp32" });
  });
});

describe("a directory that holds no usable model is refused, with the file and what is wrong", () => {
  test("no such directory", async () => {
    await expectRefusal(join(scratch, "nowhere"), /no model directory .*nowhere/);
  });

  test("a file", async () => {
    const path = join(scratch, "a-file");
    writeFileSync(path, "");
    await expectRefusal(path, /a-file is a file; expected a directory/);
  });

  test("an empty directory", async () => {
    const path = join(scratch, "empty");
    mkdirSync(path);
    await expectRefusal(path, /empty has no model\.onnx; expected .*optimum-cli export onnx/);
  });

  test.each(["model.onnx", "config.json", "tokenizer.json"])("without %s", async (name) => {
    const directory = copyOf("llama");
    unlinkSync(join(directory, name));
    await expectRefusal(directory, new RegExp(`has no ${name}; expected`));
  });

  test("without its weights", async () => {
    const directory = copyOf("llama-external");
    unlinkSync(join(directory, "model.onnx_data"));
    await expectRefusal(directory, /has no model\.onnx_data, which holds weights of model\.onnx/);
  });

  test("model.onnx cut short", async () => {
    const directory = copyOf("llama");
    truncateSync(join(directory, "model.onnx"), 100_000);
    await expectRefusal(
      directory,
      /model\.onnx is no whole ONNX model: it has 100000 bytes and wants \d+/,
    );
  });

  test.each(["config.json", "tokenizer.json", "tokenizer_config.json"])(
    "%s cut short",
    async (name) => {
      const directory = copyOf("llama");
      truncateSync(join(directory, name), 100);
      await expectRefusal(directory, new RegExp(`${name} isn't JSON`));
    },
  );

  test("config.json of another kind", async () => {
    const directory = copyOf("llama");
    writeFileSync(join(directory, "config.json"), '{"model_type": "llama", "vocab_size": "many"}');
    await expectRefusal(directory, /config\.json can't be used:.*vocab_size/s);
  });

  test("config.json without layers", async () => {
    const directory = copyOf("llama");
    edit(join(directory, "config.json"), (config) => delete config["num_hidden_layers"]);
    await expectRefusal(directory, /config\.json has no num_hidden_layers/);
  });

  test("tokenizer.json of another model", async () => {
    const directory = copyOf("llama");
    edit(join(directory, "config.json"), (config) => {
      config["vocab_size"] = 300;
    });
    await expectRefusal(
      directory,
      /tokenizer\.json gives ids up to 383, but vocab_size in config\.json is 300/,
    );
  });

  test("tokenizer.json that is no tokenizer", async () => {
    const directory = copyOf("llama");
    writeFileSync(join(directory, "tokenizer.json"), '{"model": {"type": "Magic"}}');
    await expectRefusal(directory, /tokenizer\.json makes no tokenizer/);
  });
});

async function expectRefusal(directory: string, message: RegExp): Promise<void> {
  await expect(readModelDirectory(directory)).rejects.toMatchObject({
    name: "UserError",
    code: "bad-input",
    message: expect.stringMatching(message),
  });
}
