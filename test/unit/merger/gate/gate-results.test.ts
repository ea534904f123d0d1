import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RequestRecord } from "../../../../lib/core/request-record.ts";
import { type GateRequest, gateResults } from "../../../../merger/gate/gate-results.ts";
import { parseTolerances } from "../../../../merger/gate/tolerances.ts";
import { type GateReport, gateSchema } from "../../../../records/gate.ts";
import { requestRecord, runHeader } from "../../../support/records.ts";
import { runFile } from "../../../support/run-file.ts";
import {
  FAMILY,
  type SyntheticSuite,
  writeSyntheticSuite,
} from "../../../support/synthetic-results.ts";
import { REPOSITORY } from "../../../support/temporary-project.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function gate(change: Partial<GateRequest> = {}): Promise<GateReport> {
  const { report } = await gateResults({
    results: [join(folder, "now")],
    baseline: undefined,
    sla: "none",
    levels: undefined,
    tolerances: parseTolerances([]),
    thresholdsDirectory: join(REPOSITORY, "thresholds"),
    now: new Date("2026-11-24T12:00:00Z"),
    ...change,
  });
  return gateSchema.parse(report);
}

const SUITE: SyntheticSuite = {
  ...FAMILY,
  variants: FAMILY.variants.slice(1, 3),
  levels: [4, 16],
  levelMs: 8_000,
};

/** The suite measured once more: other luck, the same truth but for what is changed. */
function again(change: Partial<SyntheticSuite> = {}): SyntheticSuite {
  return { ...SUITE, seed: 5000, runPrefix: "again", ...change };
}

function write(side: "now" | "before", suite: SyntheticSuite): string {
  const directory = join(folder, side);
  writeSyntheticSuite(directory, suite);
  return directory;
}

function found(report: GateReport, verdict: string): string[] {
  return (report.regression?.comparisons ?? [])
    .filter((comparison) => comparison.verdict === verdict)
    .map(({ variant, cell, metric }) => `${variant}@${cell?.level ?? "quality"} ${metric}`)
    .sort();
}

describe("against a baseline", () => {
  test("the same truth measured again is no regression, and no improvement either", async () => {
    const before = write("before", SUITE);
    write("now", again());
    const report = await gate({ baseline: [before] });
    expect(report.verdict).toBe("pass");
    expect(report.regression?.comparisons).toHaveLength(2 * 2 * 8 + 2);
    expect(found(report, "regression")).toEqual([]);
    expect(found(report, "improvement")).toEqual([]);
    expect(report.regression?.unpaired).toEqual([]);
  });

  test("a TTFT that is 10 % slower in one variant is found there alone", async () => {
    const before = write("before", SUITE);
    const [int8, int4] = SUITE.variants;
    if (int8 === undefined || int4 === undefined) throw new Error("no variants");
    write("now", again({ variants: [int8, { ...int4, ttftFactor: 1.1 }] }));
    const report = await gate({ baseline: [before] });
    expect(report.verdict).toBe("breach");
    const regressions = found(report, "regression");
    expect(regressions).toContain("base-int4@16 TTFT p95");
    expect(regressions.filter((name) => !/^base-int4@.* TTFT/.test(name))).toEqual([]);
    const p95 = report.regression?.comparisons.find(
      ({ variant, cell, metric }) =>
        variant === "base-int4" && cell?.level === 16 && metric === "TTFT p95",
    );
    expect(p95?.change?.low).toBeGreaterThan(0.05);
    expect(p95?.change?.high).toBeLessThan(0.15);
    expect(report.reason).toMatch(/TTFT p95 of base-int4 at 16 users.*regression: \+\d/);
  });

  test("a wider tolerance lets it through, and says so", async () => {
    const before = write("before", SUITE);
    write("now", again({ variants: SUITE.variants.map((v) => ({ ...v, ttftFactor: 1.1 })) }));
    const tolerances = parseTolerances(["ttft=25%"]);
    const report = await gate({ baseline: [before], tolerances });
    expect(report.verdict).toBe("pass");
    expect(found(report, "within tolerance")).toContain("base-int4@16 TTFT p95");
  });

  test("a faster server is an improvement, named in the verdict's reason", async () => {
    const before = write("before", SUITE);
    write(
      "now",
      again({ variants: SUITE.variants.map((v) => ({ ...v, stepMs: v.stepMs * 0.8 })) }),
    );
    const report = await gate({ baseline: [before] });
    expect(report.verdict).toBe("pass");
    expect(found(report, "improvement")).toContain("base-int8@4 output speed");
    expect(report.reason).toContain("better: ");
  });

  test("a model that lost quality is found from its paired tokens", async () => {
    const before = write("before", SUITE);
    const worse = SUITE.variants.map((v) => ({ ...v, lossNats: v.lossNats + 0.02 }));
    write("now", again({ seed: SUITE.seed, variants: worse }));
    const strict = await gate({
      baseline: [before],
      tolerances: parseTolerances(["perplexity=1%"]),
    });
    expect(found(strict, "regression")).toEqual([
      "base-int4@quality perplexity",
      "base-int8@quality perplexity",
    ]);
    const loose = await gate({ baseline: [before] });
    expect(found(loose, "within tolerance")).toContain("base-int4@quality perplexity");
  });

  test("what has no partner is listed, on both sides", async () => {
    const [int8, int4] = SUITE.variants;
    if (int8 === undefined || int4 === undefined) throw new Error("no variants");
    const before = write("before", { ...SUITE, variants: [int8], levels: [4] });
    write("now", again({ variants: [int8, { ...int4, name: "new" }], levels: [4, 16] }));
    const report = await gate({ baseline: [before] });
    expect(report.verdict).toBe("pass");
    expect(report.regression?.unpaired.map(({ side, what }) => `${side}: ${what}`)).toEqual([
      "results: base-int8 at 16 users (chat-sweep)",
      "results: new at 4 users (chat-sweep)",
      "results: new at 16 users (chat-sweep)",
      "results: perplexity of new",
    ]);
  });

  test("nothing in common is refused, with what each side holds", async () => {
    const before = write("before", { ...SUITE, levels: [4] });
    write("now", again({ variants: SUITE.variants.map((v) => ({ ...v, name: `${v.name}-2` })) }));
    await expect(gate({ baseline: [before] })).rejects.toThrow(
      /nothing to compare: the results hold base-int4-2 at 4 users.*the baseline holds base-int4 at 4/,
    );
  });

  test("an empty baseline is refused", async () => {
    write("now", again());
    mkdirSync(join(folder, "before"));
    await expect(gate({ baseline: [join(folder, "before")] })).rejects.toThrow(
      /--baseline: .*nothing .*before/,
    );
  });

  test("too few samples are no pass, unless the metric is left out", async () => {
    const short = { ...SUITE, levelMs: 700, levels: [4] };
    const before = write("before", short);
    write("now", again({ levelMs: 700, levels: [4] }));
    const report = await gate({ baseline: [before] });
    expect(report.verdict).toBe("invalid measurement");
    expect(report.notes.join()).toContain("measure for longer");
    const off = ["ttft", "itl", "e2e", "tokens"].map((metric) => `${metric}=off`);
    const less = await gate({ baseline: [before], tolerances: parseTolerances(off) });
    expect(less.verdict).toBe("pass");
  });

  test("says what else was different", async () => {
    const before = write("before", SUITE);
    write("now", again({ outputTokens: 48, repeats: 1 }));
    const { notes } = await gate({ baseline: [before] });
    expect(notes).toContain("the baseline had MAX_TOKENS 32, the results 48");
    expect(notes.join()).toContain("three runs a side are better");
  });
});

/** A run's folder with these records in its one steady window of ten seconds. */
function writeRun(
  id: string,
  records: readonly RequestRecord[],
  change: Parameters<typeof runFile>[0] = {},
): string {
  const plan = {
    kind: "closed",
    windows: [{ phase: "steady", level: 8, startMs: 0, endMs: 10_000, arrivals: null }],
    maxVus: 8,
  } as const;
  const directory = join(folder, "now", "runs", id);
  mkdirSync(directory, { recursive: true });
  const header = runHeader({ runId: id, plan, slaName: "chat", slo: { ttftMs: 500, itlMs: 50 } });
  const lines = [header, ...records].map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(directory, "requests.ndjson"), lines);
  writeFileSync(
    join(directory, "run.json"),
    JSON.stringify(runFile({ id, counts: null, ...change })),
  );
  return directory;
}

function requests(n: number, change: (i: number) => Partial<RequestRecord> = () => ({})) {
  return Array.from({ length: n }, (_, i) =>
    requestRecord({ id: `r${i}`, level: 8, sentMs: (i * 10_000) / n, ...change(i) }),
  );
}

const FAILED = {
  outcome: "connect_error",
  good: false,
  firstContentMs: null,
  lastContentMs: null,
  gapsUs: [],
} as const;

describe("by a service level", () => {
  test("the run's own", async () => {
    writeRun("a", requests(200));
    const report = await gate({ sla: undefined });
    expect(report.verdict).toBe("pass");
    expect(report.cells[0]).toMatchObject({ sla: "chat", runs: ["a"], requests: 200 });
    expect(report.cells[0]?.checks.map(({ name }) => name)).toEqual([
      "completed requests",
      "success",
      "good rate",
      "TTFT p95",
      "ITL p95",
    ]);
  });

  test("a breach", async () => {
    writeRun(
      "a",
      requests(200, (i) => (i % 5 === 0 ? { firstContentMs: 1e6, lastContentMs: 1e6 } : {})),
    );
    const report = await gate({ sla: undefined });
    expect(report.verdict).toBe("breach");
    expect(report.reason).toMatch(/TTFT p95 of m at 8 users.*limit ≤ 500 ms/);
  });

  test("another one, by which a request is good or not", async () => {
    writeRun("a", requests(200));
    const strict = join(folder, "strict.json");
    writeFileSync(
      strict,
      JSON.stringify({ slo: { ttftMs: 99 }, thresholds: { goodRate: { min: 0.5 } } }),
    );
    const report = await gate({ sla: strict });
    expect(report.cells[0]?.checks.find(({ name }) => name === "good rate")).toMatchObject({
      figure: 0,
      verdict: "breach",
    });
  });

  test("one that is not there, or none", async () => {
    writeRun("a", requests(200));
    await expect(gate({ sla: "chatt" })).rejects.toThrow(/--sla: no service level "chatt".*chat/);
    const report = await gate({ sla: "none" });
    expect(report.cells[0]?.checks.map(({ name }) => name)).toEqual([
      "completed requests",
      "success",
    ]);
  });

  test("only the levels named", async () => {
    write("now", SUITE);
    const report = await gate({ levels: [16] });
    expect(new Set(report.cells.map(({ level }) => level))).toEqual(new Set([16]));
    await expect(gate({ levels: [5] })).rejects.toThrow("--level: found 5, the results have 4, 16");
  });

  test("runs of two service levels need to be told which", async () => {
    writeRun("a", requests(200));
    const other = writeRun("b", requests(200));
    const plan = runHeader().plan;
    const header = runHeader({
      runId: "b",
      plan: {
        ...plan,
        windows: [{ phase: "steady", level: 8, startMs: 0, endMs: 10_000, arrivals: null }],
      },
      slaName: "sweep",
    });
    const lines = [header, ...requests(200)].map((line) => `${JSON.stringify(line)}\n`).join("");
    writeFileSync(join(other, "requests.ndjson"), lines);
    await expect(gate({ sla: undefined })).rejects.toThrow(/service levels chat and sweep.*--sla/);
  });
});

describe("a measurement that says nothing is neither pass nor breach", () => {
  test.each<{ what: string; change: Parameters<typeof runFile>[0]; reason: RegExp }>([
    { what: "stopped", change: { state: "interrupted" }, reason: /stopped before its end/ },
    { what: "killed", change: { state: "running" }, reason: /never finished/ },
    {
      what: "crashed",
      change: { exit: { code: 107, reason: "the script threw an error" } },
      reason: /script threw/,
    },
    {
      what: "cut by its own end",
      change: { counts: { started: 210, recorded: 200, interrupted: 10, unsent: 0 } },
      reason: /client-limited: .*10 of 210/,
    },
    {
      what: "short of records",
      change: { counts: { started: 300, recorded: 300, interrupted: 0, unsent: 0 } },
      reason: /100 of its 300 records can't be read/,
    },
  ])("$what", async ({ change, reason }) => {
    // Its latency breaks the limit: an invalid run's figures decide nothing all the same.
    writeRun(
      "a",
      requests(200, () => ({ firstContentMs: 1e6, lastContentMs: 1e6 })),
      change,
    );
    const report = await gate();
    expect(report.verdict).toBe("invalid measurement");
    expect(report.runs[0]?.reason).toMatch(reason);
    expect(report.cells).toEqual([]);
  });

  test("a part of a plain k6 run's records", async () => {
    const directory = writeRun("a", requests(200).slice(0, 100));
    rmSync(join(directory, "run.json"));
    const report = await gate();
    expect(report.runs[0]?.reason).toMatch(/end at 5\.1 s, its steady phase at 10\.0 s/);
    expect(report.verdict).toBe("invalid measurement");
  });

  test("one of several runs is enough, and a breach in another goes before it", async () => {
    writeRun("a", requests(200));
    writeRun("b", requests(200), { state: "interrupted" });
    expect((await gate()).verdict).toBe("invalid measurement");
    writeRun(
      "c",
      requests(200, () => FAILED),
    );
    expect((await gate()).verdict).toBe("breach");
  });

  test("a run that left nothing", async () => {
    const directory = writeRun("a", [], { state: "running" });
    rmSync(join(directory, "requests.ndjson"));
    expect((await gate()).verdict).toBe("invalid measurement");
  });
});

test("a run that ended itself, since the server died, is a breach and is not measured again", async () => {
  const records = requests(200, (i) => (i > 60 ? FAILED : {}));
  writeRun("a", records, {
    exit: { code: 99, reason: "a threshold was breached" },
    counts: { started: 250, recorded: 200, interrupted: 50, unsent: 0 },
  });
  const report = await gate();
  expect(report.verdict).toBe("breach");
  expect(report.runs[0]).toMatchObject({ state: "aborted" });
});

test("a damaged file is refused, on either side", async () => {
  const directory = writeRun("a", requests(200), { exit: { code: 0, reason: "finished" } });
  cpSync(join(folder, "now"), join(folder, "before"), { recursive: true });
  writeFileSync(
    join(folder, "before", "runs", "a", "requests.ndjson"),
    "\u0000\u0001 not records\n",
  );
  await expect(gate({ baseline: [join(folder, "before")] })).rejects.toThrow(
    /^--baseline: a: no line of .*requests\.ndjson is a run's header/,
  );
  writeFileSync(join(directory, "run.json"), '{"kind": "run", "ver');
  await expect(gate()).rejects.toThrow(/run\.json: not JSON/);
});

test("a baseline that is not valid is refused", async () => {
  writeRun("a", requests(200), { state: "interrupted" });
  cpSync(join(folder, "now"), join(folder, "before"), { recursive: true });
  writeRun("a", requests(200));
  await expect(gate({ baseline: [join(folder, "before")] })).rejects.toThrow(
    /none of its runs is valid \(a: it was stopped before its end\)/,
  );
});
