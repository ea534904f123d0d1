import type { Slo } from "./slo.ts";
import { UserError } from "./user-error.ts";

/** Latency metrics that an SLA may limit over a run; `tpot` is another name of `itl`. */
export type LatencyName = "ttft" | "itl" | "e2e";

/** A limit on one statistic of one metric over the steady phase, in milliseconds. */
interface LatencyThreshold {
  readonly metric: LatencyName;
  /** As k6 writes it: `p(95)`, `avg`, `med`, `max`. */
  readonly statistic: string;
  readonly atMostMs: number;
}

/** A service level: limits per request (SLO), limits per run (thresholds), and the floors that make them mean something. */
export interface Sla {
  readonly slo: Slo;
  readonly latency: readonly LatencyThreshold[];
  /** Least share of requests that are good; `null` where the SLA does not say. */
  readonly goodRateMin: number | null;
  /** Least number of completed requests of the steady phase: a threshold on nothing would pass. */
  readonly minRequests: number;
  /** Least share of requests of the steady phase that complete. */
  readonly minSuccessRate: number;
}

/** What holds where a profile or a person asks for no SLA: the floors alone. */
export const NO_SLA: Sla = {
  slo: {},
  latency: [],
  goodRateMin: null,
  minRequests: 20,
  minSuccessRate: 0.99,
};

type Json = Readonly<Record<string, unknown>>;

const METRIC_OF: Readonly<Record<string, LatencyName>> = {
  ttft: "ttft",
  itl: "itl",
  tpot: "itl",
  e2e: "e2e",
};

/**
 * Reads the text of an SLA file.
 *
 * @param file its name, for messages
 * @throws UserError naming the file, the key, what was found and what is allowed
 */
export function parseSla(text: string, file: string): Sla {
  const at = new SlaReader(file);
  const root = at.object(at.json(text), "the file", [
    "$schema",
    "description",
    "slo",
    "thresholds",
    "minRequests",
    "minSuccessRate",
  ]);
  for (const key of ["$schema", "description"]) {
    if (root[key] !== undefined && typeof root[key] !== "string") at.fail(key, root[key], "a text");
  }
  const thresholds = at.object(root["thresholds"] ?? {}, "thresholds", [
    ...Object.keys(METRIC_OF),
    "goodRate",
  ]);
  return {
    slo: parseSlo(at, root["slo"] ?? {}),
    latency: parseLatency(at, thresholds),
    goodRateMin: parseGoodRate(at, thresholds["goodRate"]),
    minRequests: at.wholeNumber(root["minRequests"], "minRequests") ?? NO_SLA.minRequests,
    minSuccessRate: at.share(root["minSuccessRate"], "minSuccessRate") ?? NO_SLA.minSuccessRate,
  };
}

function parseSlo(at: SlaReader, value: unknown): Slo {
  const slo = at.object(value, "slo", ["ttftMs", "itlMs", "e2eMs"]);
  const ttftMs = at.positive(slo["ttftMs"], "slo.ttftMs");
  const itlMs = at.positive(slo["itlMs"], "slo.itlMs");
  const e2eMs = at.positive(slo["e2eMs"], "slo.e2eMs");
  return {
    ...(ttftMs !== undefined && { ttftMs }),
    ...(itlMs !== undefined && { itlMs }),
    ...(e2eMs !== undefined && { e2eMs }),
  };
}

function parseLatency(at: SlaReader, thresholds: Json): LatencyThreshold[] {
  if (thresholds["itl"] !== undefined && thresholds["tpot"] !== undefined) {
    at.fail("thresholds.tpot", thresholds["tpot"], "either itl or tpot: they are the same number");
  }
  return Object.entries(METRIC_OF).flatMap(([name, metric]) => {
    const path = `thresholds.${name}`;
    const limits = at.anyObject(thresholds[name] ?? {}, path);
    return Object.entries(limits).map(([key, limit]) => {
      const statistic = k6Statistic(key);
      if (statistic === undefined) return at.fail(`${path}.${key}`, limit, STATISTICS);
      const atMostMs = at.positive(limit, `${path}.${key}`);
      if (atMostMs === undefined) return at.fail(`${path}.${key}`, limit, POSITIVE);
      return { metric, statistic, atMostMs };
    });
  });
}

function parseGoodRate(at: SlaReader, value: unknown): number | null {
  if (value === undefined) return null;
  const goodRate = at.object(value, "thresholds.goodRate", ["min"]);
  return (
    at.share(goodRate["min"], "thresholds.goodRate.min") ??
    at.fail("thresholds.goodRate", value, '{"min": share}')
  );
}

const STATISTICS = "the keys p1 to p99.99 (p95), avg, med and max";
const POSITIVE = "milliseconds above 0";

function k6Statistic(key: string): string | undefined {
  if (key === "avg" || key === "med" || key === "max") return key;
  const percentile = /^p([1-9]\d?(?:\.\d{1,2})?)$/.exec(key)?.[1];
  return percentile === undefined ? undefined : `p(${percentile})`;
}

/** Small parsers that say where in which file something is wrong. */
class SlaReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  fail(key: string, found: unknown, allowed: string): never {
    throw new UserError(
      "bad-input",
      `${this.#file}: ${key}: found ${JSON.stringify(found) ?? "nothing"}, allowed: ${allowed}`,
    );
  }

  json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError("bad-input", `${this.#file}: not JSON: ${reason}`, { cause });
    }
  }

  anyObject(value: unknown, path: string): Json {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return this.fail(path, value, "an object");
    }
    return Object.fromEntries(Object.entries(value));
  }

  object(value: unknown, path: string, allowed: readonly string[]): Json {
    const object = this.anyObject(value, path);
    for (const key of Object.keys(object)) {
      if (!allowed.includes(key)) {
        const where = path === "the file" ? key : `${path}.${key}`;
        throw new UserError(
          "bad-input",
          `${this.#file}: unknown key ${where}, allowed: ${allowed.join(", ")}`,
        );
      }
    }
    return object;
  }

  positive(value: unknown, path: string): number | undefined {
    if (value === undefined) return undefined;
    const ok = typeof value === "number" && value > 0 && Number.isFinite(value);
    return ok ? value : this.fail(path, value, POSITIVE);
  }

  share(value: unknown, path: string): number | undefined {
    if (value === undefined) return undefined;
    const ok = typeof value === "number" && value >= 0 && value <= 1;
    return ok ? value : this.fail(path, value, "a share from 0 to 1");
  }

  wholeNumber(value: unknown, path: string): number | undefined {
    if (value === undefined) return undefined;
    const ok = typeof value === "number" && Number.isInteger(value) && value >= 1;
    return ok ? value : this.fail(path, value, "a whole number of 1 or more");
  }
}
