/** Every setting a profile knows, with the one line of help that `--help` and the README show. */
export interface KnownSetting {
  readonly name: SettingName;
  readonly help: string;
  /** Set by whoever starts the run, not by a person. */
  readonly internal: boolean;
}

const HELP = {
  BASE_URL: "root of the server under test, with or without /v1 (http://gpu:8000); required",
  MODEL: "name of the served model; may be left out where the server serves exactly one",
  API: "wire protocol: vllm-chat (default) or openai-chat",
  API_KEY: "sent as a bearer token; never recorded. Take it from the environment, not from -e",
  SLA: "service level: a name under thresholds/, an absolute path, or none",
  VUS: "concurrent users; for a sweep the levels in rising order (1,2,4,8)",
  DURATION: "steady time (60s); for a sweep the time of each level",
  MAX_TOKENS: "output tokens asked of each request",
  LABELS: "what ran, for the report: k=v,... (engine=vllm,variant=int4)",
  SEED: "seed of prompt order, cache-busting markers and start times (default 1)",
  TIMEOUT: "longest time one request may take (default 60s)",
  BACKOFF: "pause of a user after a failed request (default 1s)",
  RECORDS: "off (default), or console: one JSON line a request by console.log",
  TEXT: "what a record keeps of the answer: none (default), hash or full",
  ONCE: "1: a single request instead of the profile's load",
  RUN_ID: "name of the run in request ids (default: from the clock)",
  INSTANCE: "name of this load generator among several (default 1)",
  SUMMARY_FILE: "file that k6's summary data is written to, in a folder that is there",
} as const;

export type SettingName = keyof typeof HELP;

const INTERNAL: readonly SettingName[] = ["ONCE", "RUN_ID", "INSTANCE", "SUMMARY_FILE"];

/** In the order in which help and effective settings show them. */
export const SETTING_NAMES = Object.keys(HELP) as readonly SettingName[];

export const KNOWN_SETTINGS: readonly KnownSetting[] = SETTING_NAMES.map((name) => ({
  name,
  help: HELP[name],
  internal: INTERNAL.includes(name),
}));
