import type { Api } from "./api.ts";
import type { EffectiveSetting } from "./request-record.ts";
import * as parsers from "./setting-parsers.ts";
import { SETTING_NAMES, type SettingName } from "./setting-table.ts";
import { UserError } from "./user-error.ts";

/** The settings of a run, parsed. Times are milliseconds. */
export interface Settings {
  /** Root of the server, without `/v1`; `undefined` until somebody gives one (archiving a profile needs none). */
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly api: Api;
  readonly apiKey: string | undefined;
  /** A name, an absolute path, or `none`. */
  readonly sla: string;
  /** Levels of concurrency: one for a profile that holds one level. */
  readonly levels: readonly number[];
  readonly durationMs: number;
  readonly maxTokens: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly backoffMs: number;
  readonly records: parsers.RecordsChannel;
  readonly text: parsers.TextPolicy;
  /** A single request instead of the profile's load. */
  readonly once: boolean;
  readonly runId: string | undefined;
  readonly instance: string;
  readonly summaryFile: string | undefined;
  /** Each setting that has a value, and where it came from; no secrets and no internals. */
  readonly effective: Readonly<Record<string, EffectiveSetting>>;
}

/** What a profile fixes about its settings. */
export interface ProfileSettings {
  /** Whether VUS is one number or the levels of a sweep. */
  readonly vus: "one" | "levels";
  /** The profile's own defaults, written as a person would set them. */
  readonly defaults: Readonly<Partial<Record<SettingName, string>>>;
}

const DEFAULTS: Readonly<Partial<Record<SettingName, string>>> = {
  API: "vllm-chat",
  SLA: "none",
  LABELS: "",
  SEED: "1",
  TIMEOUT: "60s",
  BACKOFF: "1s",
  RECORDS: "off",
  TEXT: "none",
  ONCE: "0",
  INSTANCE: "1",
};

/** Never among the effective settings: secrets, and what is recorded elsewhere. */
const UNLISTED: readonly SettingName[] = ["API_KEY", "ONCE", "RUN_ID", "INSTANCE", "SUMMARY_FILE"];

/**
 * Reads the settings from the environment, over the profile's defaults, over the general ones. Other variables are
 * ignored: k6 shows a script the whole environment of the machine, so only who starts it can tell a slip.
 *
 * @throws UserError that names every malformed variable, what was found and what is allowed
 */
export function parseSettings(
  env: Readonly<Record<string, string | undefined>>,
  profile: ProfileSettings,
): Settings {
  const reader = new SettingsReader(env, profile.defaults);
  const vus = profile.vus === "one" ? parsers.singleLevel : parsers.risingLevels;
  const baseUrl = reader.optional("BASE_URL", parsers.baseUrl);
  const model = reader.optional("MODEL", parsers.modelName);
  const api = reader.required("API", parsers.api);
  const apiKey = reader.optional("API_KEY", parsers.secret);
  const sla = reader.required("SLA", parsers.slaReference);
  const levels = reader.required("VUS", vus);
  const durationMs = reader.required("DURATION", parsers.duration);
  const maxTokens = reader.required("MAX_TOKENS", parsers.count);
  const labels = reader.required("LABELS", parsers.labels);
  const seed = reader.required("SEED", parsers.seed);
  const timeoutMs = reader.required("TIMEOUT", parsers.duration);
  const backoffMs = reader.required("BACKOFF", parsers.pause);
  const records = reader.required("RECORDS", parsers.recordsChannel);
  const text = reader.required("TEXT", parsers.textPolicy);
  const once = reader.required("ONCE", parsers.flag);
  const runId = reader.optional("RUN_ID", parsers.identifier);
  const instance = reader.required("INSTANCE", parsers.identifier);
  const summaryFile = reader.optional("SUMMARY_FILE", parsers.filePath);
  reader.throwProblems();
  return {
    baseUrl: baseUrl(),
    model: model(),
    api: api(),
    apiKey: apiKey() || undefined,
    sla: sla(),
    levels: levels(),
    durationMs: durationMs(),
    maxTokens: maxTokens(),
    labels: labels(),
    seed: seed(),
    timeoutMs: timeoutMs(),
    backoffMs: backoffMs(),
    records: records(),
    text: text(),
    once: once() === "1",
    runId: runId(),
    instance: instance(),
    summaryFile: summaryFile(),
    effective: reader.effective,
  };
}

/** Reads settings one by one and keeps what is wrong with them, so that a person hears of everything at once. */
class SettingsReader {
  readonly effective: Record<string, EffectiveSetting> = {};
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #profile: ProfileSettings["defaults"];
  readonly #problems: string[] = [];

  constructor(
    env: Readonly<Record<string, string | undefined>>,
    profile: ProfileSettings["defaults"],
  ) {
    this.#env = env;
    this.#profile = profile;
  }

  /** The value, to be called for once `throwProblems` has passed. */
  optional<T>(name: SettingName, parser: parsers.SettingParser<T>): () => T | undefined {
    const found = this.#find(name);
    const value = found === undefined ? undefined : this.#parse(name, found, parser);
    return () => value;
  }

  required<T>(name: SettingName, parser: parsers.SettingParser<T>): () => T {
    const found = this.#find(name);
    if (found === undefined) this.#problems.push(`${name}: not set, allowed: ${parser.allowed}`);
    const value = found === undefined ? undefined : this.#parse(name, found, parser);
    return () => {
      if (value === undefined) throw new RangeError(`${name} was read before its problems`);
      return value;
    };
  }

  throwProblems(): void {
    if (this.#problems.length > 0) throw new UserError("bad-input", this.#problems.join("\n"));
  }

  #find(name: SettingName): EffectiveSetting | undefined {
    const sources = [
      ["environment", this.#env[name]],
      ["profile", this.#profile[name]],
      ["default", DEFAULTS[name]],
    ] as const;
    for (const [source, value] of sources) {
      if (value !== undefined) return { value, source };
    }
    return undefined;
  }

  #parse<T>(
    name: SettingName,
    found: EffectiveSetting,
    parser: parsers.SettingParser<T>,
  ): T | undefined {
    const value = parser.parse(found.value);
    if (value === undefined) {
      const shown = name === "API_KEY" ? "a value that is not shown" : JSON.stringify(found.value);
      this.#problems.push(`${name}: found ${shown}, allowed: ${parser.allowed}`);
    } else if (!UNLISTED.includes(name) && found.value !== "") {
      this.effective[name] = found;
    }
    return value;
  }
}

/** One line for the person at the terminal: each effective setting and where it came from. */
export function describeSettings(effective: Settings["effective"]): string {
  return SETTING_NAMES.flatMap((name) => {
    const setting = effective[name];
    return setting === undefined ? [] : [`${name}=${setting.value} (${setting.source})`];
  }).join(", ");
}
