// @transient
import type { Api } from "./api.ts";
import type { EffectiveSetting } from "./request-record.ts";
import {
  type HealthPolicy,
  type RecordsChannel,
  type SettingParser,
  settingParsers,
  type TextPolicy,
} from "./setting-parsers.ts";
import {
  LOAD_SETTINGS,
  type LoadSettingName,
  SETTING_NAMES,
  type SettingName,
} from "./setting-table.ts";
import { createSettingsReader, type SettingsReader } from "./settings-reader.ts";

/** The settings of a run, parsed. Times are milliseconds. */
export interface Settings {
  /** Root of the server, without `/v1`; `undefined` until somebody gives one (archiving a profile needs none). */
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
  readonly api: Api;
  readonly apiKey: string | undefined;
  /** A name, an absolute path, or `none`. */
  readonly sla: string;
  /** Settings of the load as texts, each checked by the shape's own parser. */
  readonly load: Readonly<Partial<Record<LoadSettingName, string>>>;
  /** What a person asked for by `MAX_TOKENS`; `undefined` where the profile or its prompts say it. */
  readonly maxTokens: number | undefined;
  readonly dataset: string | undefined;
  readonly cacheBust: boolean | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly backoffMs: number;
  readonly retries: number;
  readonly health: HealthPolicy;
  readonly startAtEpochMs: number | undefined;
  readonly records: RecordsChannel;
  readonly text: TextPolicy;
  /** A single request instead of the profile's load, or only the plan of it. */
  readonly instead: "once" | "dry-run" | undefined;
  readonly runId: string | undefined;
  readonly instance: string | undefined;
  readonly summaryFile: string | undefined;
  /** Each setting that has a value, and where it came from; no secrets and no internals. */
  readonly effective: Readonly<Record<string, EffectiveSetting>>;
}

/** What a profile fixes about its settings. */
export interface ProfileSettings {
  /** How the shape of its load reads the settings that it knows; the others must not be set. */
  readonly load: Readonly<Partial<Record<LoadSettingName, SettingParser<unknown>>>>;
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
  RETRIES: "0",
  HEALTH: "gate",
  RECORDS: "off",
  TEXT: "none",
};

const UNLISTED: readonly SettingName[] = [
  "API_KEY",
  "ONCE",
  "DRY_RUN",
  "RUN_ID",
  "INSTANCE",
  "SUMMARY_FILE",
];

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
  const once = env["ONCE"] === "1";
  // Nor what a single request has no use for.
  const unlisted = once ? [...UNLISTED, ...LOAD_SETTINGS, "HEALTH" as const] : UNLISTED;
  const parsers = settingParsers();
  const reader = createSettingsReader(env, profile.defaults, DEFAULTS, unlisted);
  const maxTokens = reader.optional("MAX_TOKENS", parsers.count);
  const settings = {
    baseUrl: reader.optional("BASE_URL", parsers.baseUrl),
    model: reader.optional("MODEL", parsers.modelName),
    api: reader.required("API", parsers.api),
    apiKey: reader.optional("API_KEY", parsers.secret) || undefined,
    sla: reader.required("SLA", parsers.slaReference),
    load: readLoad(reader, env, profile.load),
    maxTokens: reader.effective["MAX_TOKENS"]?.source === "profile" ? undefined : maxTokens,
    dataset: reader.optional("DATASET", parsers.filePath),
    cacheBust: reader.optional("CACHE_BUST", parsers.onOff),
    labels: reader.required("LABELS", parsers.labels),
    seed: reader.required("SEED", parsers.seed),
    timeoutMs: reader.required("TIMEOUT", parsers.duration),
    backoffMs: reader.required("BACKOFF", parsers.pause),
    retries: reader.required("RETRIES", parsers.retries),
    health: reader.required("HEALTH", parsers.healthPolicy),
    startAtEpochMs: reader.optional("START_AT", parsers.epochMs),
    records: reader.required("RECORDS", parsers.recordsChannel),
    text: reader.required("TEXT", parsers.textPolicy),
    instead: env["DRY_RUN"] === "1" ? "dry-run" : once ? "once" : undefined,
    runId: reader.optional("RUN_ID", parsers.identifier),
    instance: reader.optional("INSTANCE", parsers.identifier),
    summaryFile: reader.optional("SUMMARY_FILE", parsers.filePath),
    effective: reader.effective,
  } as const;
  reader.throwProblems();
  return settings;
}

function readLoad(
  reader: SettingsReader,
  env: Readonly<Record<string, string | undefined>>,
  known: ProfileSettings["load"],
): Settings["load"] {
  const texts: Partial<Record<LoadSettingName, string>> = {};
  for (const name of LOAD_SETTINGS) {
    const parser = known[name];
    if (parser !== undefined) {
      const text = reader.textOf(name);
      if (text === undefined) continue;
      reader.optional(name, parser);
      texts[name] = text;
    } else if (env[name] !== undefined) {
      reader.problem(`${name}: the profile's load has no such setting`);
    }
  }
  return texts;
}

/** One line for the person at the terminal: each effective setting and where it came from. */
export function describeSettings(effective: Settings["effective"]): string {
  return SETTING_NAMES.flatMap((name) => {
    const setting = effective[name];
    return setting === undefined ? [] : [`${name}=${setting.value} (${setting.source})`];
  }).join(", ");
}
