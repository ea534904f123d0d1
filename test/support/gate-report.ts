import type { GateCheck, GateComparison, GateReport } from "../../records/gate.ts";

const CELL = { variant: "int4", profile: "chat-50vu", level: 8, loop: "closed" } as const;

export function gateCheck(change: Partial<GateCheck> = {}): GateCheck {
  return {
    name: "TTFT p95",
    unit: "ms",
    figure: 412,
    interval: { value: 412, low: 390, high: 431 },
    limit: 500,
    bound: "at most",
    n: 1190,
    verdict: "pass",
    reason: null,
    ...change,
  };
}

function gateComparison(change: Partial<GateComparison> = {}): GateComparison {
  return {
    cell: CELL,
    variant: CELL.variant,
    metric: "TTFT p95",
    unit: "ms",
    worse: "more",
    baseline: 370,
    figure: 412,
    change: { value: 0.1135, low: 0.082, high: 0.146 },
    adjustedP: 0.0004,
    tolerance: 0.05,
    baselineN: 1202,
    n: 1190,
    verdict: "regression",
    reason: null,
    ...change,
  };
}

/** One cell with a check that holds, one that does not and one that can't be told, and a comparison of each kind. */
export function gateReport(change: Partial<GateReport> = {}): GateReport {
  return {
    kind: "gate",
    version: 1,
    createdAt: "2026-11-24T12:00:00.000Z",
    verdict: "breach",
    reason: "2 of 9 failed",
    runs: [
      { id: "run-1", variant: "int4", state: "valid", reason: null },
      { id: "run-2", variant: "int4", state: "invalid", reason: "it was stopped before its end" },
    ],
    cells: [
      {
        ...CELL,
        runs: ["run-1"],
        sla: "chat",
        requests: 1200,
        checks: [
          gateCheck(),
          gateCheck({
            name: "good rate",
            unit: "share",
            bound: "at least",
            figure: 0.9312,
            interval: { value: 0.9312, low: 0.915, high: 0.944 },
            limit: 0.95,
            n: 1200,
            verdict: "breach",
          }),
          gateCheck({
            name: "ITL p99",
            figure: null,
            interval: null,
            n: 40,
            verdict: "not measurable",
            reason: "only 40 samples, 500 requests needed",
          }),
        ],
      },
    ],
    regression: {
      baselineRuns: ["before-1"],
      comparisons: [
        gateComparison(),
        gateComparison({
          metric: "output speed",
          unit: "tok/s",
          worse: "less",
          baseline: 400,
          figure: 520,
          change: { value: 0.3, low: 0.27, high: 0.33 },
          verdict: "improvement",
        }),
        gateComparison({
          metric: "good rate",
          unit: "share",
          worse: "less",
          baseline: 0.94,
          figure: 0.9312,
          change: { value: -0.0088, low: -0.02, high: 0.003 },
          adjustedP: 0.4,
          verdict: "no separable change",
        }),
        gateComparison({
          metric: "ITL p95",
          baseline: null,
          figure: null,
          change: null,
          adjustedP: null,
          n: 40,
          verdict: "not measurable",
          reason: "the results: n = 40, 100 completed requests needed",
        }),
      ],
      unpaired: [
        { side: "baseline", what: "fp16 at 8 users (chat-50vu)", reason: "not in the results" },
      ],
    },
    notes: ["the baseline had MAX_TOKENS 32, the results 48"],
    ...change,
  };
}

/** As a report whose names somebody chose to make trouble. */
export function hostileReport(): GateReport {
  const name =
    "x\n::error::owned <script>alert(1)</script> \"&' | `a` [l](u) ]]> \u001b[2J\u0000\ud800\uffff";
  const report = gateReport();
  return {
    ...report,
    runs: [{ id: name, variant: name, state: "invalid", reason: name }],
    cells: report.cells.map((cell) => ({ ...cell, variant: name, profile: name, sla: name })),
    regression: {
      baselineRuns: [name],
      comparisons: [gateComparison({ cell: { ...CELL, variant: name }, variant: name })],
      unpaired: [{ side: "results", what: name, reason: name }],
    },
    notes: [name],
  };
}
