import { APIS } from "../lib/core/api.ts";
import type { SettingName } from "../lib/core/setting-table.ts";

/** Set by whoever starts the run, not by a person. */
type Internal = "ONCE" | "DRY_RUN" | "SOURCES" | "RUN_ID" | "INSTANCE" | "SUMMARY_FILE";

/** What `--help` says of each setting that a person may give. */
export const SETTING_HELP: Readonly<Record<Exclude<SettingName, Internal>, string>> = {
  BASE_URL: "root of the server under test, with or without /v1 (http://gpu:8000); required",
  MODEL: "name of the served model; may be left out where the server serves exactly one",
  API: `wire protocol: ${APIS.join(", ")} (default vllm-chat)`,
  API_KEY: "sent as a bearer token; never recorded. Take it from the environment, not from -e",
  SLA: "service level: a name under thresholds/, an absolute path, or none",
  VUS: "closed loop: users, in a sweep the levels (1,2,4,8); open loop: the most requests in flight",
  RATE: "open loop: requests offered a second; in a rate sweep the levels (0.5,1,2)",
  DURATION: "steady time (60s); in a sweep the time of each level",
  MAX_TOKENS: "output tokens asked of each request",
  DATASET: "a data set of the profile's kind, in place of its own",
  TRACE: "trace replay: a Mooncake JSONL, Azure CSV or BurstGPT CSV, in place of the profile's own",
  TRACE_SPEEDUP: "trace replay: how many times faster than recorded",
  TRACE_SAMPLE: "trace replay: share of the trace's requests that is kept",
  TRACE_LOOP: "trace replay: on to start over where the trace ends early",
  CACHE_BUST: "on: tasks are unique to the server's prefix cache; off: as they are",
  LABELS: "what ran, for the report: k=v,... (engine=vllm,variant=int4)",
  SEED: "seed of arrivals, prompts, cache-busting markers and start times (default 1)",
  TIMEOUT: "longest time one request may take (default 60s)",
  BACKOFF: "pause of a user after a failed request (default 1s)",
  RETRIES:
    "how often a request that was refused (429, 5xx, no connection) is sent again (default 0)",
  HEALTH: "gate (default): a client that was late itself fails the run; report: it is only told",
  START_AT:
    "open loop: T0 in milliseconds since the epoch, for load generators that share a schedule",
  RECORDS: "off (default), or console: one JSON line a request by console.log",
  TEXT: "what a record keeps of the answer: none (default), hash or full",
};
