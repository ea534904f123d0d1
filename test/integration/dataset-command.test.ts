import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readModelFile } from "../../model/model-file.ts";
import { createModelTokenizer } from "../../model/model-tokenizer.ts";
import { HAS_SIGNALS } from "../support/has-signals.ts";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";
import { startTradeoff, tradeoff } from "../support/tradeoff-command.ts";

const MODEL = join(REPOSITORY, "model-server/models/mini-fp16");
const tokenizer = createModelTokenizer(readModelFile(MODEL, "tokenizer.json"), null);
const tokensOf = (text: string) => tokenizer.encode(text, false).length;

const rowsOf = <T>(project: TemporaryProject, file: string, schema: z.ZodType<T>): T[] =>
  readFileSync(join(project.root, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => schema.parse(JSON.parse(line)));
const textRow = z.object({
  id: z.string(),
  text: z.string(),
  inputTokens: z.number(),
  outputTokens: z.number(),
});
const dataset = (project: TemporaryProject, ...args: string[]) =>
  tradeoff(project.root, ["dataset", ...args]);

/** Dialogues as ShareGPT's export has them: number i asks i + 3 words and gets 2 (i + 3). */
const dialogues = Array.from({ length: 40 }, (_, i) => ({
  id: `d${i}`,
  conversations: [
    { from: "human", value: "question ".repeat(i + 3).trim() },
    { from: "gpt", value: "an answer ".repeat(i + 3).trim() },
    { from: "human", value: "And then, what came of it?" },
    { from: "gpt", value: "Nothing much came of it at all." },
  ],
}));

describe("prepare", () => {
  test("synthetic prompts have just the tokens they claim, the same from the same seed", async () => {
    using project = new TemporaryProject();
    const args = ["prepare", "synthetic", "--tokenizer", MODEL, "--input-tokens", "uniform:5-60"];
    args.push("--output-tokens", "12", "--count", "60", "--seed", "9");
    const end = await dataset(project, ...args, "--out", "a.jsonl");
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toContain("a.jsonl: 60 prompts, lengths in tokens");
    const rows = rowsOf(project, "a.jsonl", textRow);
    expect(rows).toHaveLength(60);
    for (const { text, inputTokens, outputTokens } of rows) {
      expect(tokensOf(text)).toBe(inputTokens);
      expect(outputTokens).toBe(12);
    }
    expect(new Set(rows.map(({ inputTokens }) => inputTokens)).size).toBeGreaterThan(20);

    const bytes = readFileSync(join(project.root, "a.jsonl"));
    expect(JSON.parse(readFileSync(join(project.root, "a.meta.json"), "utf8"))).toMatchObject({
      rows: 60,
      unit: "tokens",
      seed: 9,
      license: expect.stringContaining("public domain"),
      sha256: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    });
    await dataset(project, ...args, "--out", "b.jsonl");
    expect(readFileSync(join(project.root, "b.jsonl"))).toEqual(bytes);
  });

  test("shared prefixes and conversations are exact part by part", async () => {
    using project = new TemporaryProject().write("text.txt", "So it goes, on and on, for ever. ");
    const end = await dataset(
      project,
      ...["prepare", "text.txt", "--tokenizer", MODEL, "--input-tokens", "8", "--count", "30"],
      ...["--shared-prefix", "3x20", "--turns", "uniform:1-3", "--out", "a.jsonl"],
    );
    expect(end).toMatchObject({ code: 0, stderr: "" });
    const turn = z.object({ user: z.string(), inputTokens: z.number() });
    const rows = rowsOf(
      project,
      "a.jsonl",
      z.object({ system: z.string(), turns: z.array(turn).min(1).max(3) }),
    );
    for (const { system, turns } of rows) {
      expect(tokensOf(system)).toBe(20);
      for (const { user } of turns) expect(tokensOf(user)).toBe(8);
      expect(turns.map(({ inputTokens }) => inputTokens)).toEqual(
        [28, 8, 8].slice(0, turns.length),
      );
    }
    expect(new Set(rows.map(({ turns }) => turns.length))).toEqual(new Set([1, 2, 3]));
  });

  test("ShareGPT: answers' real lengths, short and long ones passed over", async () => {
    using project = new TemporaryProject().write("s.json", JSON.stringify(dialogues, null, 1));
    const end = await dataset(
      project,
      ...["prepare", "s.json", "--tokenizer", MODEL, "--count", "10", "--out", "a.jsonl"],
      ...["--longest-total", "150", "--license", "none of ours"],
    );
    expect(end).toMatchObject({ code: 0, stderr: "" });
    const rows = rowsOf(project, "a.jsonl", textRow.extend({ source: z.string() }));
    expect(rows).toHaveLength(10);
    for (const { text, source, inputTokens, outputTokens } of rows) {
      const [question, answer] = dialogues[Number(source.slice(1))]?.conversations ?? [];
      expect(text).toBe(question?.value);
      expect(inputTokens).toBe(tokensOf(text));
      expect(outputTokens).toBe(tokensOf(answer?.value ?? ""));
      expect(inputTokens + outputTokens).toBeLessThanOrEqual(150);
    }
    expect((await dataset(project, "describe", "a.jsonl")).stdout).toContain(
      "licence: none of ours",
    );
  });

  test("without a tokenizer lengths are words, and no row claims tokens", async () => {
    using project = new TemporaryProject();
    const end = await dataset(
      project,
      ...["prepare", "synthetic", "--input-tokens", "25", "--count", "5", "--out", "w.jsonl"],
    );
    expect(end.stdout).toContain("lengths in words, not tokens");
    const rows = rowsOf(project, "w.jsonl", z.strictObject({ id: z.string(), text: z.string() }));
    for (const { text } of rows) expect(text.split(/\s+/)).toHaveLength(25);
  });

  test.each([
    ["no such source", ["nowhere.json"], /can't read nowhere\.json/],
    ["an empty source", ["empty.jsonl"], /empty\.jsonl: found nothing in it/],
    ["a text without lengths", ["text.txt"], /--input-tokens: found nothing/],
    ["lengths that are none", ["text.txt", "--input-tokens", "9-3"], /found "9-3", allowed: 512/],
    ["too few that fit", ["s.json", "--count", "41"], /of the 41 rows asked for: it has 40 items/],
    ["a list cut short", ["cut.json"], /cut\.json: no JSON list, or one cut short/],
    ["a line that is no JSON", ["bad.jsonl"], /bad\.jsonl: line 2: found \{"text":/],
    ["the source as its own --out", ["s.json", "--out", "s.json"], /is the source itself/],
    ["a tokenizer that is none", ["s.json", "--tokenizer", "s.json"], /s\.json/],
  ])("%s: exit 2, and nothing is left behind", async (_, args, message) => {
    using project = new TemporaryProject()
      .write("empty.jsonl", " \n")
      .write("text.txt", "Some words.")
      .write("s.json", JSON.stringify(dialogues))
      .write("cut.json", JSON.stringify(dialogues).slice(0, 5000))
      .write("bad.jsonl", '{"text":"fine"}\n{"text":');
    const before = readdirSync(project.root);
    const end = await dataset(project, "prepare", "--out", "out.jsonl", ...args);
    expect(end.code).toBe(2);
    expect(end.stderr).toMatch(message);
    expect(readdirSync(project.root)).toEqual(before);
  });

  test.skipIf(!HAS_SIGNALS)("Ctrl-C: exit 105, and nothing is left behind", async () => {
    using project = new TemporaryProject();
    const args = ["prepare", "synthetic", "--tokenizer", MODEL, "--input-tokens", "200"];
    const running = startTradeoff(project.root, [
      "dataset",
      ...args,
      ...["--count", "500000", "--out", "big.jsonl"],
    ]);
    let ended = false;
    void running.end.then(() => {
      ended = true;
    });
    while (!ended && !readdirSync(project.root).some((file) => file.endsWith(".tmp"))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    running.process.kill("SIGINT");
    expect(await running.end).toMatchObject({ code: 105 });
    expect(readdirSync(project.root)).toEqual([]);
  });
});

test("sample: rows of the source in their order, and its licence goes on", async () => {
  using project = new TemporaryProject();
  const made = ["prepare", "synthetic", "--input-tokens", "9", "--count", "30", "--out", "a.jsonl"];
  await dataset(project, ...made, "--license", "CC0");
  const end = await dataset(
    project,
    "sample",
    "a.jsonl",
    "--count",
    "7",
    "--out",
    "s.jsonl",
    "--json",
  );
  expect(JSON.parse(end.stdout)).toMatchObject({ rows: 7, license: "CC0", unit: "words" });
  const lines = (file: string) =>
    readFileSync(join(project.root, file), "utf8").trimEnd().split("\n");
  const places = lines("s.jsonl").map((line) => lines("a.jsonl").indexOf(line));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("sample: a trace is none of its kind", async () => {
  using project = new TemporaryProject();
  const trace = join(REPOSITORY, "data/trace-made-up.azure.csv");
  const end = await dataset(project, "sample", trace, "--count", "2", "--out", "s.csv");
  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(/azure\.csv: found a trace, allowed: prompts or conversations/);
});

test("validate: every bad line is listed, and what the notes don't tell of", async () => {
  using project = new TemporaryProject().write(
    "bad.jsonl",
    `${['{"id":"a","text":"x"}', "{", '{"id":"a","text":"y"}', '{"id":"b","turns":[]}', '{"id":"c"}'].join("\n")}\n`,
  );
  const end = await dataset(
    project,
    "validate",
    "bad.jsonl",
    join(REPOSITORY, "data/conversations.jsonl"),
  );
  expect(end.code).toBe(2);
  expect(end.stdout).toContain("bad.jsonl: 5 rows (prompts), 4 with problems");
  expect(end.stdout).toContain("  line 2: found {, allowed: a JSON object");
  expect(end.stdout).toContain('  line 3: id: found "a", which line 1 has; allowed: each once');
  expect(end.stdout).toContain("  line 4: found one of the conversations among prompts");
  expect(end.stdout).toContain("  line 5: text: found nothing");
  expect(end.stdout).toContain("conversations.jsonl: 12 rows (conversations), all good");
});

test("every committed data set and trace is valid and can be described", async () => {
  using project = new TemporaryProject();
  const folder = join(REPOSITORY, "data");
  const files = readdirSync(folder).filter((file) => /\.(?:jsonl|csv)$/.test(file));
  expect(files.length).toBeGreaterThan(8);
  const paths = files.map((file) => join(folder, file));
  const end = await dataset(project, "validate", ...paths, "--json");
  expect(end).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(join(folder, "prompts-sotu.jsonl"))).toBe(true);
  const described = await dataset(
    project,
    "describe",
    join(folder, "prompts-sotu.jsonl"),
    "--json",
  );
  // data/README.md: 64 passages of 15, 30, 50 or 80 words, 16 of each.
  expect(JSON.parse(described.stdout)).toMatchObject({
    items: "prompts",
    rows: 64,
    duplicates: 0,
    inputBy: "words",
    input: { min: 15, max: 80 },
    meta: null,
  });

  const trace = await dataset(project, "describe", join(folder, "trace-made-up.azure.csv"));
  expect(trace).toMatchObject({ code: 0, stderr: "" });
  expect(trace.stdout).toContain("trace-made-up.azure.csv: 200 requests (azure)");
});
