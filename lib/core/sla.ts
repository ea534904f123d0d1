// @transient
import type { LatencyName } from "./latency-names.ts";
import type { Slo } from "./slo.ts";
import { UserError } from "./user-error.ts";

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

/** An SLA and the name it goes by; `null` where none was asked for, so that its floors alone hold. */
export interface NamedSla {
  readonly name: string | null;
  readonly sla: Sla;
}

/** What holds where a profile or a person asks for no SLA: the floors alone. */
export function noSla(): Sla {
  return { slo: {}, latency: [], goodRateMin: null, minRequests: 20, minSuccessRate: 0.99 };
}

const METRIC_OF: Readonly<Record<string, LatencyName>> = {
  ttft: "ttft",
  itl: "itl",
  tpot: "itl",
  e2e: "e2e",
  ttftFromSchedule: "ttftFromSchedule",
  e2eFromSchedule: "e2eFromSchedule",
};

const STATISTIC = /^(?:p([1-9]\d?(?:\.\d{1,2})?)|avg|med|max)$/;
const SHARE = "a share from 0 to 1";
const POSITIVE = "milliseconds above 0";

/**
 * Reads the text of an SLA file.
 *
 * @param file its name, for messages
 * @throws UserError naming the file, the key, what was found and what is allowed
 */
export function parseSla(text: string, file: string): Sla {
  const root = rootOf(text, file).only(
    "$schema",
    "description",
    "slo",
    "thresholds",
    "minRequests",
    "minSuccessRate",
  );
  const { minRequests, minSuccessRate } = noSla();
  const thresholds = root.object("thresholds").only(...Object.keys(METRIC_OF), "goodRate");
  const slo = root.object("slo").only("ttftMs", "itlMs", "e2eMs");
  for (const key of ["$schema", "description"]) {
    root.value(key, (value) => typeof value === "string", "a text");
  }
  if (thresholds.has("itl") && thresholds.has("tpot")) {
    thresholds.fail("tpot", "either itl or tpot: they are the same number");
  }
  const goodRate = thresholds.object("goodRate").only("min");
  if (thresholds.has("goodRate") && !goodRate.has("min")) {
    thresholds.fail("goodRate", '{"min": share}');
  }
  return {
    slo: {
      ...named("ttftMs", slo.positive("ttftMs")),
      ...named("itlMs", slo.positive("itlMs")),
      ...named("e2eMs", slo.positive("e2eMs")),
    },
    latency: Object.entries(METRIC_OF).flatMap(([name, metric]) => {
      const limits = thresholds.object(name);
      return limits.keys().map((key) => ({
        metric,
        statistic:
          k6Statistic(key) ?? limits.fail(key, "the keys p1 to p99.99 (p95), avg, med and max"),
        atMostMs: limits.positive(key) ?? limits.fail(key, POSITIVE),
      }));
    }),
    goodRateMin: goodRate.share("min") ?? null,
    minRequests:
      root.value("minRequests", isWholeNumber, "a whole number of 1 or more") ?? minRequests,
    minSuccessRate: root.share("minSuccessRate") ?? minSuccessRate,
  };
}

function named<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  const object: { [P in K]?: number } = {};
  if (value !== undefined) object[key] = value;
  return object;
}

function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1;
}

function k6Statistic(key: string): string | undefined {
  const match = STATISTIC.exec(key);
  if (match === null) return undefined;
  return match[1] === undefined ? key : `p(${match[1]})`;
}

function rootOf(text: string, file: string): SlaObject {
  try {
    return new SlaObject(file, "", JSON.parse(text));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `${file}: not JSON: ${reason}`, { cause });
  }
}

/** An object in an SLA file, which knows where it stands; absent is empty. */
class SlaObject {
  readonly #file: string;
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(file: string, path: string, value: unknown) {
    this.#file = file;
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw misplaced(file, path || "the file", value, "an object");
    }
    this.#fields = { ...value };
  }

  keys(): string[] {
    return Object.keys(this.#fields);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields, key);
  }

  only(...allowed: readonly string[]): this {
    const unknown = this.keys().find((key) => !allowed.includes(key));
    if (unknown === undefined) return this;
    throw new UserError(
      "bad-input",
      `${this.#file}: unknown key ${this.#at(unknown)}, allowed: ${allowed.join(", ")}`,
    );
  }

  object(key: string): SlaObject {
    return new SlaObject(this.#file, this.#at(key), this.has(key) ? this.#fields[key] : {});
  }

  value<T>(key: string, is: (value: unknown) => value is T, allowed: string): T | undefined;
  value(key: string, is: (value: unknown) => boolean, allowed: string): unknown {
    const value = this.#fields[key];
    return value === undefined || is(value) ? value : this.fail(key, allowed);
  }

  positive(key: string): number | undefined {
    const is = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;
    return this.value(key, is, POSITIVE);
  }

  share(key: string): number | undefined {
    const is = (value: unknown): value is number =>
      typeof value === "number" && value >= 0 && value <= 1;
    return this.value(key, is, SHARE);
  }

  fail(key: string, allowed: string): never {
    throw misplaced(this.#file, this.#at(key), this.#fields[key], allowed);
  }

  #at(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }
}

function misplaced(file: string, path: string, found: unknown, allowed: string): UserError {
  const shown = JSON.stringify(found) ?? "nothing";
  return new UserError("bad-input", `${file}: ${path}: found ${shown}, allowed: ${allowed}`);
}
