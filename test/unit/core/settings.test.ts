import { describe, expect, test } from "vitest";
import { settingParsers } from "../../../lib/core/setting-parsers.ts";
import {
  describeSettings,
  type ProfileSettings,
  parseSettings,
} from "../../../lib/core/settings.ts";

const { count, duration, epochMs, rate, risingLevels } = settingParsers();

const ONE: ProfileSettings = {
  load: { VUS: count, DURATION: duration },
  defaults: { VUS: "50", DURATION: "60s", MAX_TOKENS: "64", SLA: "chat" },
};
const LEVELS: ProfileSettings = {
  load: { VUS: risingLevels, DURATION: duration, RATE: rate },
  defaults: { ...ONE.defaults, VUS: "1,2" },
};

describe("takes", () => {
  test("the environment over the profile over the general defaults, and says which", () => {
    const settings = parseSettings({ VUS: "5", PATH: "/bin" }, ONE);
    expect(settings).toMatchObject({ load: { VUS: "5", DURATION: "60s" }, timeoutMs: 60_000 });
    expect(settings.effective).toMatchObject({
      VUS: { value: "5", source: "environment" },
      DURATION: { value: "60s", source: "profile" },
      TIMEOUT: { value: "60s", source: "default" },
    });
    expect(settings.effective).not.toHaveProperty("PATH");
  });

  test("what only some loads know", () => {
    expect(parseSettings({ VUS: "1, 2,8", RATE: "0.5" }, LEVELS).load).toEqual({
      VUS: "1, 2,8",
      RATE: "0.5",
      DURATION: "60s",
    });
  });

  test("who gave it, where the one who starts the run tells", () => {
    const env = { VUS: "5", TEXT: "full", SEED: "2", SOURCES: "VUS:flag,TEXT:run" };
    expect(parseSettings(env, ONE).effective).toMatchObject({
      VUS: { source: "flag" },
      TEXT: { source: "run" },
      SEED: { source: "environment" },
    });
  });

  test("no length that nobody but the profile asked for, since prompts may say their own", () => {
    expect(parseSettings({}, ONE).maxTokens).toBeUndefined();
    expect(parseSettings({ MAX_TOKENS: "7" }, ONE).maxTokens).toBe(7);
  });

  test("nothing of the load among the settings of a single request", () => {
    const { effective, instead } = parseSettings({ ONCE: "1", VUS: "5", SEED: "2" }, ONE);
    expect(instead).toBe("once");
    expect(Object.keys(effective)).not.toContain("VUS");
    expect(Object.keys(effective)).toContain("SEED");
  });

  test("labels", () => {
    const { labels } = parseSettings({ LABELS: "engine=vllm,variant=int4=g128, gpu=H100" }, ONE);
    expect(labels).toEqual({ engine: "vllm", variant: "int4=g128", gpu: "H100" });
  });

  test("nothing for what nobody gave", () => {
    const settings = parseSettings({ API_KEY: "" }, ONE);
    expect(settings).toMatchObject({ baseUrl: undefined, model: undefined, apiKey: undefined });
  });
});

test("the key is usable and nowhere among the effective settings", () => {
  const settings = parseSettings({ API_KEY: "sk-1" }, ONE);
  expect(settings.apiKey).toBe("sk-1");
  expect(JSON.stringify(settings.effective)).not.toContain("sk-1");
  expect(describeSettings(settings.effective)).not.toContain("API_KEY");
});

test.each([
  ["BASE_URL", "gpu:8000", ONE],
  ["MODEL", " m", ONE],
  ["API", "grpc", ONE],
  ["SLA", "../chat", ONE],
  ["SLA", "chat.json", ONE],
  ["VUS", "x5", ONE],
  ["VUS", "0", ONE],
  ["VUS", "1.5", ONE],
  ["VUS", "1,2", ONE],
  ["VUS", "", ONE],
  ["VUS", "2,1", LEVELS],
  ["VUS", "1,,2", LEVELS],
  ["VUS", "4,4", LEVELS],
  ["DURATION", "60", ONE],
  ["DURATION", "0s", ONE],
  ["DURATION", "-5s", ONE],
  ["MAX_TOKENS", "many", ONE],
  ["LABELS", "engine", ONE],
  ["LABELS", "a=1,a=2", ONE],
  ["SEED", "-1", ONE],
  ["SEED", "4294967296", ONE],
  ["TIMEOUT", "soon", ONE],
  ["BACKOFF", "1 s", ONE],
  ["RECORDS", "yes", ONE],
  ["TEXT", "all", ONE],
  ["RETRIES", "11", ONE],
  ["HEALTH", "maybe", ONE],
  ["CACHE_BUST", "yes", ONE],
  ["RATE", "0", LEVELS],
  ["RATE", "1,2", LEVELS],
  ["RUN_ID", "a b", ONE],
])("refuses %s=%s, naming it, what was found and what is allowed", (name, value, profile) => {
  const parse = () => parseSettings({ [name]: value }, profile);
  expect(parse).toThrow(`${name}: found ${JSON.stringify(value)}, allowed: `);
});

test("names everything that is wrong at once, and never shows a key", () => {
  const parse = () => parseSettings({ VUS: "x5", API_KEY: "se cret", TIMEOUT: "9" }, ONE);
  expect(parse).toThrow(/VUS: found "x5".*\nTIMEOUT: found "9".*|API_KEY/s);
  expect(parse).not.toThrow(/se cret/);
});

test("shows no user and password of a URL", () => {
  expect(() => parseSettings({ BASE_URL: "http://me:se@cret@gpu:8000" }, ONE)).toThrow(
    'BASE_URL: found "http://***@gpu:8000"',
  );
});

test("says once what is wrong with what is read twice", () => {
  const open = { ...ONE, load: { START_AT: epochMs } };
  expect(() => parseSettings({ START_AT: "5" }, open)).toThrow(/^START_AT: found "5"[^\n]*$/);
});

test.each(["RATE", "TRACE", "START_AT"])("refuses %s where the load has no such thing", (name) => {
  expect(() => parseSettings({ [name]: "1" }, ONE)).toThrow(
    `${name}: the profile's load has no such setting`,
  );
});
