/** Every setting a profile may know, in the order in which help and effective settings show them. */
export const SETTING_NAMES = [
  "BASE_URL",
  "MODEL",
  "API",
  "API_KEY",
  "SLA",
  "VUS",
  "RATE",
  "DURATION",
  "MAX_TOKENS",
  "DATASET",
  "TRACE",
  "TRACE_SPEEDUP",
  "TRACE_SAMPLE",
  "TRACE_LOOP",
  "CACHE_BUST",
  "LABELS",
  "SEED",
  "TIMEOUT",
  "BACKOFF",
  "RETRIES",
  "HEALTH",
  "START_AT",
  "RECORDS",
  "TEXT",
  "ONCE",
  "DRY_RUN",
  "SOURCES",
  "RUN_ID",
  "INSTANCE",
  "SUMMARY_FILE",
] as const;

export type SettingName = (typeof SETTING_NAMES)[number];

/** Settings of the load, which each shape reads in its own way: what a shape does not know must not be set. */
export const LOAD_SETTINGS = [
  "VUS",
  "RATE",
  "DURATION",
  "TRACE",
  "TRACE_SPEEDUP",
  "TRACE_SAMPLE",
  "TRACE_LOOP",
  "START_AT",
] as const satisfies readonly SettingName[];

export type LoadSettingName = (typeof LOAD_SETTINGS)[number];

/** Settings that name a file: k6 would look for it beside the bundle, a person means it from elsewhere. */
export const FILE_SETTINGS: readonly SettingName[] = ["DATASET", "TRACE"];
