import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { loadOnnxModel } from "../../model/onnx-model.ts";
import { type PerplexityRequest, runPerplexity } from "../../ppl-runner/run-perplexity.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/tiny-model/", import.meta.url));
const MODEL = join(FIXTURES, "llama");
const scratch = mkdtempSync(join(tmpdir(), "ppl-bad-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const out = join(scratch, "out");

async function expectRefusal(request: Partial<PerplexityRequest>, message: RegExp): Promise<void> {
  const measured = runPerplexity({
    modelDirectory: MODEL,
    textFile: join(FIXTURES, "text.txt"),
    windowTokens: 64,
    strideTokens: 32,
    provider: "cpu",
    outDirectory: out,
    labels: {},
    version: "0.0.0",
    ...request,
  });
  await expect(measured).rejects.toMatchObject({
    name: "UserError",
    code: "bad-input",
    message: expect.stringMatching(message),
  });
  expect(existsSync(out)).toBe(false);
}

function textFile(name: string, content: string | Uint8Array): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

describe("a text that can't be measured", () => {
  test("is missing", () =>
    expectRefusal({ textFile: join(scratch, "none") }, /no text file .*none/));

  test("is a directory", () => expectRefusal({ textFile: scratch }, /is no file; expected/));

  test("is empty", () =>
    expectRefusal({ textFile: textFile("empty.txt", "") }, /empty\.txt is empty; expected/));

  test("is one token", () =>
    expectRefusal(
      { textFile: textFile("one.txt", "a") },
      /one\.txt is 1 token to llama; at least 2/,
    ));

  test("is not UTF-8", () =>
    expectRefusal(
      { textFile: textFile("latin1.txt", Buffer.from("caf\xe9 au lait", "latin1")) },
      /latin1\.txt is not UTF-8; expected/,
    ));
});

describe("a window or stride that can't be", () => {
  test.each([1, 0, -4, 2.5, Number.NaN])("window %s", (windowTokens) =>
    expectRefusal({ windowTokens }, /^window: found \S+; allowed: .* from 2$/),
  );

  test.each([0, -1, 65, 1.5])("stride %s of window 64", (strideTokens) =>
    expectRefusal({ strideTokens }, /^stride: found \S+; allowed: 1 to 64/),
  );

  test("a window longer than the model's context", () =>
    expectRefusal(
      { windowTokens: 129 },
      /^window: found 129; allowed: 2 to 128, .*max_position_embeddings/,
    ));
});

describe("an output that can't be written", () => {
  test("lies under a file", () =>
    expectRefusal(
      { outDirectory: join(textFile("in-the-way", ""), "results") },
      /can't write .*in-the-way.*results/,
    ));

  test.skipIf(process.platform !== "linux")("lies where no folder can be made", () =>
    expectRefusal({ outDirectory: "/proc/results" }, /can't write \/proc\/results/),
  );

  test.skipIf((process.getuid?.() ?? 0) === 0)("lies in a folder of somebody else", () => {
    const locked = join(scratch, "locked");
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    return expectRefusal({ outDirectory: locked }, /can't write .*locked/);
  });
});

describe("a graph that can't be run", () => {
  /** Names of the same length keep the file whole. */
  const renamed = (name: string, other: string): string => {
    const directory = join(scratch, `no-${name}`);
    cpSync(MODEL, directory, { recursive: true });
    const path = join(directory, "model.onnx");
    const graph = readFileSync(path, "latin1").replaceAll(name, other);
    writeFileSync(path, Buffer.from(graph, "latin1"));
    return directory;
  };

  test.each([
    [
      "logits",
      "logitz",
      /model\.onnx has no output logits \(it has logitz, .*; expected a decoder/,
    ],
    [
      "input_ids",
      "inputs_id",
      /model\.onnx has no input input_ids \(it has inputs_id, .*; expected/,
    ],
    ["position_ids", "positions_id", /model\.onnx wants an input positions_id, which is not known/],
    [
      "present.1",
      "future.x.",
      /has an input past_key_values\.1\.key but no output present\.1\.key/,
    ],
    ["Softmax", "Hardmux", /model\.onnx can't be loaded by ONNX Runtime 1\.\d+\.\d+: .*Hardmux/],
  ])("has no %s", async (name, other, message) => {
    const modelDirectory = renamed(name, other);
    await expectRefusal({ modelDirectory }, message);
    await expect(loadOnnxModel(modelDirectory, { provider: "cpu" })).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(message),
    });
  });

  test("is another model's than config.json", async () => {
    const modelDirectory = join(scratch, "three-layers");
    cpSync(MODEL, modelDirectory, { recursive: true });
    const path = join(modelDirectory, "config.json");
    const config = readFileSync(path, "utf8").replace('_layers": 2', '_layers": 3');
    writeFileSync(path, config);
    await expectRefusal(
      { modelDirectory },
      /has 4 past_key_values inputs, but config\.json says 3 layers/,
    );
  });

  test("holds damaged weights", async () => {
    const modelDirectory = join(scratch, "not-a-number");
    cpSync(join(FIXTURES, "llama-external"), modelDirectory, { recursive: true });
    const path = join(modelDirectory, "model.onnx_data");
    writeFileSync(path, readFileSync(path).fill(0xff, 60_000, 61_000));
    await expectRefusal({ modelDirectory }, /gives token 1 the log-probability NaN/);
  });
});
