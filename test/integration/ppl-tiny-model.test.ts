import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { loadOnnxModel } from "../../model/onnx-model.ts";
import { promptFeeds } from "../../model/prompt-feeds.ts";
import { type PerplexityRequest, runPerplexity } from "../../ppl-runner/run-perplexity.ts";
import { decodeNlls } from "../../records/nll-series.ts";
import { qualityFileSchema } from "../../records/quality.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/tiny-model/", import.meta.url));
const MODEL = join(FIXTURES, "llama");
const TEXT = join(FIXTURES, "text.txt");
/** By transformers in fp64; see make.py there. */
const reference = z
  .object({
    ids: z.array(z.number()),
    strided: z.array(
      z.object({
        windowTokens: z.number(),
        strideTokens: z.number(),
        scoredTokens: z.number(),
        perplexity: z.number(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(FIXTURES, "reference.json"), "utf8")));

const scratch = mkdtempSync(join(tmpdir(), "ppl-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));
let places = 0;
const place = (): string => join(scratch, `place-${++places}`);

const measure = (request: Partial<PerplexityRequest>) =>
  runPerplexity({
    modelDirectory: MODEL,
    textFile: TEXT,
    windowTokens: 64,
    strideTokens: 32,
    provider: "cpu",
    outDirectory: place(),
    labels: {},
    version: "0.0.0",
    ...request,
  });

describe("perplexity of a model is transformers'", () => {
  test.each(reference.strided)("window $windowTokens, stride $strideTokens", async (expected) => {
    const { file } = await measure(expected);
    expect(file.scoredTokens).toBe(expected.scoredTokens);
    expect(Math.abs(file.perplexity / expected.perplexity - 1)).toBeLessThan(1e-5);
  });

  test("without position_ids and with weights in a file of their own", async () => {
    const expected = reference.strided[0];
    const { file } = await measure({ modelDirectory: join(FIXTURES, "llama-external") });
    expect(file.perplexity / (expected?.perplexity ?? 0)).toBeCloseTo(1, 5);
    expect(file.modelBytes).toBe(13_737 + 118_784);
  });
});

test("the loss inside the graph is the loss of its logits", async () => {
  const model = await loadOnnxModel(MODEL, { provider: "cpu" });
  const ids = model.tokenizer.encodeStream(readFileSync(TEXT, "utf8")).ids.slice(0, 64);
  const output = await model.session.run(promptFeeds(model.signature, ids), ["logits"]);
  const logits = z.instanceof(Float32Array).parse(output["logits"]?.data);
  const width = model.signature.vocabularySize;
  const nlls = ids.slice(1).map((id, index) => {
    const row = logits.subarray(index * width, (index + 1) * width);
    const largest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return largest + Math.log(sum) - (row[id] ?? Number.NaN);
  });
  const textFile = join(scratch, "head.txt");
  writeFileSync(textFile, model.tokenizer.decode(ids, false));
  const { file } = await measure({ textFile, windowTokens: 64, strideTokens: 64 });
  const inGraph = [...decodeNlls(file)];
  expect(inGraph).toHaveLength(nlls.length);
  inGraph.forEach((nll, index) => {
    expect(Math.abs(nll - (nlls[index] ?? Number.NaN))).toBeLessThan(1e-5);
  });
  const mean = nlls.reduce((sum, nll) => sum + nll, 0) / nlls.length;
  expect(Math.abs(file.sumNll / file.scoredTokens - mean)).toBeLessThan(1e-6);
});

describe("what is written", () => {
  test("is the returned file, and its per-token NLLs add up to its sum", async () => {
    const outDirectory = place();
    const { file, directory } = await measure({ outDirectory, labels: { size: "tiny" } });
    expect(directory).toBe(join(outDirectory, "quality", file.id));
    const written = qualityFileSchema.parse(
      JSON.parse(readFileSync(join(directory, "quality.json"), "utf8")),
    );
    expect(written).toEqual(file);
    const sum = decodeNlls(written).reduce((total, nll) => total + nll, 0);
    expect(sum / written.sumNll).toBeCloseTo(1, 6);
    expect(written.perplexity).toBe(Math.exp(written.sumNll / written.scoredTokens));
    expect(written).toMatchObject({ variant: "llama", bos: false, labels: { size: "tiny" } });
    expect(written.text).toMatchObject({ bytes: 2041, tokens: reference.ids.length });
  });

  test("bits per byte are over the bytes of the scored tokens", async () => {
    const { file } = await measure({});
    // Every token but the first is scored; the text starts with the token "F" or longer.
    const model = await loadOnnxModel(MODEL, { provider: "cpu" });
    const first = Buffer.byteLength(model.tokenizer.decode(reference.ids.slice(0, 1), false));
    expect(file.bitsPerByte).toBeCloseTo(file.sumNll / Math.LN2 / (2041 - first), 9);
  });

  test("takes the place of the same measurement made before", async () => {
    const outDirectory = place();
    const first = await measure({ outDirectory });
    const second = await measure({ outDirectory });
    expect(second.directory).toBe(first.directory);
    expect(second.file.nlls).toEqual(first.file.nlls);
  });

  test("is nothing when somebody stops it in the middle", async () => {
    const outDirectory = place();
    const abort = new AbortController();
    const stopped = measure({
      outDirectory,
      signal: abort.signal,
      onProgress: ({ fraction }) => {
        if (fraction > 0.3) abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({
      code: "interrupted",
      message: expect.stringMatching(/^stopped after \d+ of 1028 tokens/),
    });
    expect(existsSync(outDirectory)).toBe(false);
  });

  test("is nothing when CUDA is asked for and this machine has none", async () => {
    const outDirectory = place();
    await expect(measure({ outDirectory, provider: "cuda" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/onnxruntime_providers_cuda.*onnxruntime-gpu/s),
    });
    expect(existsSync(outDirectory)).toBe(false);
  });
});

test("progress ends at the whole text and its perplexity", async () => {
  const seen: { fraction: number; perplexity: number }[] = [];
  const { file } = await measure({ onProgress: (progress) => seen.push(progress) });
  expect(seen.map(({ fraction }) => fraction)).toEqual(
    seen.map(({ fraction }) => fraction).toSorted((a, b) => a - b),
  );
  expect(seen.at(-1)).toMatchObject({ fraction: 1, perplexity: file.perplexity });
});

test("a tokenizer that adds BOS gives the first token of the text something before it", async () => {
  const modelDirectory = join(scratch, "with-bos");
  cpSync(MODEL, modelDirectory, { recursive: true });
  const path = join(modelDirectory, "tokenizer.json");
  const tokenizer: object = JSON.parse(readFileSync(path, "utf8"));
  const end = "<|endoftext|>";
  const processor = {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: end, type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: end, type_id: 0 } },
    ],
    pair: [],
    special_tokens: { [end]: { id: end, ids: [0], tokens: [end] } },
  };
  writeFileSync(path, JSON.stringify({ ...tokenizer, post_processor: processor }));
  const { file } = await measure({ modelDirectory });
  expect(file).toMatchObject({ bos: true, scoredTokens: reference.ids.length });
  expect(file.text.tokens).toBe(reference.ids.length + 1);
  expect(file.bitsPerByte).toBeCloseTo(file.sumNll / Math.LN2 / 2041, 9);
});
