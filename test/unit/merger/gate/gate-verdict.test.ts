import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { wordCell } from "../../../../merger/gate/gate-cells.ts";
import type { RunFile } from "../../../../records/run.ts";
import { gatedRequests, gateOf, writeGatedRun } from "../../../support/gated-run.ts";
import { FAMILY, writeSyntheticSuite } from "../../../support/synthetic-results.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const FAILED = {
  outcome: "connect_error",
  good: false,
  firstContentMs: null,
  lastContentMs: null,
  gapsUs: [],
} as const;

describe("by a service level", () => {
  test("the run's own", async () => {
    writeGatedRun(folder, "a", gatedRequests(200));
    const report = await gateOf(folder, { sla: undefined });
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
    writeGatedRun(
      folder,
      "a",
      gatedRequests(200, (i) => (i % 5 === 0 ? { firstContentMs: 1e6, lastContentMs: 1e6 } : {})),
    );
    const report = await gateOf(folder, { sla: undefined });
    expect(report.verdict).toBe("breach");
    expect(report.reason).toMatch(/TTFT p95 of m at 8 users.*limit ≤ 500 ms/);
  });

  test("another one, by which a request is good or not", async () => {
    writeGatedRun(folder, "a", gatedRequests(200));
    const strict = join(folder, "strict.json");
    writeFileSync(
      strict,
      JSON.stringify({ slo: { ttftMs: 99 }, thresholds: { goodRate: { min: 0.5 } } }),
    );
    const report = await gateOf(folder, { sla: strict });
    expect(report.cells[0]?.checks.find(({ name }) => name === "good rate")).toMatchObject({
      figure: 0,
      verdict: "breach",
    });
  });

  test("one that is not there, or none", async () => {
    writeGatedRun(folder, "a", gatedRequests(200));
    await expect(gateOf(folder, { sla: "chatt" })).rejects.toThrow(
      /--sla: no service level "chatt".*chat/,
    );
    const report = await gateOf(folder, { sla: "none" });
    expect(report.cells[0]?.checks.map(({ name }) => name)).toEqual([
      "completed requests",
      "success",
    ]);
  });

  test("only the levels named", async () => {
    writeSyntheticSuite(join(folder, "now"), { ...FAMILY, levels: [4, 16] });
    const report = await gateOf(folder, { levels: [16] });
    expect(new Set(report.cells.map(({ level }) => level))).toEqual(new Set([16]));
    await expect(gateOf(folder, { levels: [5] })).rejects.toThrow(
      "--level: found 5, the results have 4, 16",
    );
  });

  test("the run's own where its file is another by now, or gone; by its name only if asked to", async () => {
    const thresholdsDirectory = join(folder, "thresholds");
    mkdirSync(thresholdsDirectory);
    writeGatedRun(folder, "a", gatedRequests(200));
    const own = await gateOf(folder, { sla: undefined, thresholdsDirectory });
    expect(own.verdict).toBe("pass");
    // requestRecord's TTFT is 100 ms, of which the checked-in chat allows 500.
    const strict = { slo: {}, thresholds: { ttft: { p95: 99 } } };
    writeFileSync(join(thresholdsDirectory, "chat.json"), JSON.stringify(strict));
    expect(await gateOf(folder, { sla: undefined, thresholdsDirectory })).toEqual(own);
    const todays = await gateOf(folder, { sla: "chat", thresholdsDirectory });
    expect(todays.verdict).toBe("breach");
  });

  test("runs of two service levels need to be told which", async () => {
    writeGatedRun(folder, "a", gatedRequests(200));
    writeGatedRun(folder, "b", gatedRequests(200), {}, "rag");
    await expect(gateOf(folder, { sla: undefined })).rejects.toThrow(
      /a under chat and b under rag with other limits: .*--sla/,
    );
    expect((await gateOf(folder, { sla: "rag" })).cells[0]).toMatchObject({ sla: "rag" });
  });

  test("a run whose header holds none says what is missing", async () => {
    const directory = writeGatedRun(folder, "a", gatedRequests(200));
    const records = join(directory, "requests.ndjson");
    writeFileSync(
      records,
      readFileSync(records, "utf8").replace(/"sla":\{.*?\},"labels"/, '"labels"'),
    );
    await expect(gateOf(folder, { sla: undefined })).rejects.toThrow(
      /^a: the run's header in .*requests\.ndjson can't be used \(sla: .*expected object/,
    );
  });
});

describe("a measurement that says nothing is neither pass nor breach", () => {
  test.each<{ what: string; change: Partial<RunFile>; reason: RegExp }>([
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
    writeGatedRun(
      folder,
      "a",
      gatedRequests(200, () => ({ firstContentMs: 1e6, lastContentMs: 1e6 })),
      change,
    );
    const report = await gateOf(folder);
    expect(report.verdict).toBe("invalid measurement");
    expect(report.runs[0]?.reason).toMatch(reason);
    expect(report.cells).toEqual([]);
  });

  test("a part of a plain k6 run's records", async () => {
    const directory = writeGatedRun(folder, "a", gatedRequests(200).slice(0, 100));
    rmSync(join(directory, "run.json"));
    const report = await gateOf(folder);
    expect(report.runs[0]?.reason).toMatch(/end at 5\.1 s, its steady phase at 10\.0 s/);
    expect(report.verdict).toBe("invalid measurement");
  });

  test("one of several runs is enough, and a breach in another goes before it", async () => {
    writeGatedRun(folder, "a", gatedRequests(200));
    writeGatedRun(folder, "b", gatedRequests(200), { state: "interrupted" });
    expect((await gateOf(folder)).verdict).toBe("invalid measurement");
    writeGatedRun(
      folder,
      "c",
      gatedRequests(200, () => FAILED),
    );
    expect((await gateOf(folder)).verdict).toBe("breach");
  });

  test("a run that left nothing", async () => {
    const directory = writeGatedRun(folder, "a", [], { state: "running" });
    rmSync(join(directory, "requests.ndjson"));
    expect((await gateOf(folder)).verdict).toBe("invalid measurement");
  });
});

test("a run that ended itself, since the server died, is a breach and is not measured again", async () => {
  const records = gatedRequests(200, (i) => (i > 60 ? FAILED : {}));
  writeGatedRun(folder, "a", records, {
    exit: { code: 99, reason: "a threshold was breached" },
    counts: { started: 250, recorded: 200, interrupted: 50, unsent: 0 },
  });
  const report = await gateOf(folder);
  expect(report.verdict).toBe("breach");
  expect(report.runs[0]).toMatchObject({
    state: "failed",
    reason: "the server failed it: only 61 of its 200 requests completed",
  });
});

test("so is a plain k6 run in which most failed, though its records end early", async () => {
  const directory = writeGatedRun(
    folder,
    "a",
    gatedRequests(200, (i) => (i > 20 ? FAILED : {})).slice(0, 90),
  );
  rmSync(join(directory, "run.json"));
  expect((await gateOf(folder)).verdict).toBe("breach");
});

test("quality alone has nothing to be judged by", async () => {
  writeSyntheticSuite(join(folder, "now"), { ...FAMILY, repeats: 0 });
  await expect(gateOf(folder)).rejects.toThrow(/nothing to judge .*only a --baseline/);
});

test("a run without a steady phase judges nothing, and does not pass", async () => {
  writeGatedRun(folder, "a", gatedRequests(200));
  const file = join(folder, "now", "runs", "a", "requests.ndjson");
  writeFileSync(file, readFileSync(file, "utf8").replace('"phase":"steady"', '"phase":"warmup"'));
  const report = await gateOf(folder);
  expect(report.verdict).toBe("invalid measurement");
  expect(report.reason).toContain("no run has a steady phase");
});

test("lines that are no records are noted", async () => {
  const directory = writeGatedRun(folder, "a", gatedRequests(200));
  appendFileSync(join(directory, "requests.ndjson"), '{"kind":"request","vers\n');
  expect((await gateOf(folder)).notes).toEqual([
    "a: nothing tells how late its client was (no summary beside its records)",
    "a: 1 line of its records is no record",
  ]);
});

test("an open loop's level is a rate", async () => {
  writeGatedRun(folder, "a", gatedRequests(200));
  const file = join(folder, "now", "runs", "a", "requests.ndjson");
  writeFileSync(file, readFileSync(file, "utf8").replace('"kind":"closed"', '"kind":"open"'));
  const { cells } = await gateOf(folder);
  expect(cells.map(wordCell)).toEqual(["m at 8 requests/s (chat-sweep)"]);
});

test("a damaged file is refused, on either side", async () => {
  const directory = writeGatedRun(folder, "a", gatedRequests(200), {
    exit: { code: 0, reason: "finished" },
  });
  cpSync(join(folder, "now"), join(folder, "before"), { recursive: true });
  writeFileSync(
    join(folder, "before", "runs", "a", "requests.ndjson"),
    "\u0000\u0001 not records\n",
  );
  await expect(gateOf(folder, { baseline: [join(folder, "before")] })).rejects.toThrow(
    /^--baseline: a: no line of .*requests\.ndjson is a run's header/,
  );
  writeFileSync(join(directory, "run.json"), '{"kind": "run", "ver');
  await expect(gateOf(folder)).rejects.toThrow(/run\.json: not JSON/);
});

test("a baseline that is not valid is refused", async () => {
  writeGatedRun(folder, "a", gatedRequests(200), { state: "interrupted" });
  cpSync(join(folder, "now"), join(folder, "before"), { recursive: true });
  writeGatedRun(folder, "a", gatedRequests(200));
  await expect(gateOf(folder, { baseline: [join(folder, "before")] })).rejects.toThrow(
    /none of its runs is valid \(a: it was stopped before its end\)/,
  );
});

describe("a client that was late itself", () => {
  const health = {
    verdict: "client-limited",
    reason: "client's oversleep, p99: 34.2 ms, must be below 10 ms",
    figures: {},
  } as const;
  const late = { exit: { code: 95, reason: "late" }, health };

  test("is no measurement", async () => {
    writeGatedRun(folder, "a", gatedRequests(200), late);
    const report = await gateOf(folder);
    expect(report.verdict).toBe("invalid measurement");
    expect(report.reason).toMatch(/client-limited: client's oversleep, p99: 34\.2 ms/);
  });

  test("hides no requests that failed: a breach all the same", async () => {
    const records = gatedRequests(200, (i) => (i > 180 ? FAILED : {}));
    writeGatedRun(folder, "a", records, { ...late, exit: { code: 99, reason: "breached" } });
    const report = await gateOf(folder);
    expect(report.verdict).toBe("breach");
    expect(report.reason).toMatch(/requests failed \(181 of its 200 requests completed\)/);
  });

  test("is judged all the same where it was told only to report it, and noted", async () => {
    const directory = writeGatedRun(folder, "a", gatedRequests(200), { ...late, exit: null });
    const file = join(directory, "requests.ndjson");
    const settings = '"settings":{"HEALTH":{"value":"report","source":"flag"}}';
    writeFileSync(file, readFileSync(file, "utf8").replace('"settings":{}', settings));
    const report = await gateOf(folder);
    expect(report.verdict).toBe("pass");
    expect(report.notes.join()).toMatch(
      /a is judged all the same \(HEALTH=report\): client-limited/,
    );
  });
});
