/** Latency metrics that an SLA may limit over a run; `tpot` is another name of `itl`. */
export const LATENCY_NAMES = ["ttft", "itl", "e2e", "ttftFromSchedule", "e2eFromSchedule"] as const;

export type LatencyName = (typeof LATENCY_NAMES)[number];
