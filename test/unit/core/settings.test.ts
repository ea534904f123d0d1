import { describe, expect, test } from "vitest";
import { KNOWN_SETTINGS, SETTING_NAMES } from "../../../lib/core/setting-table.ts";
import {
  describeSettings,
  type ProfileSettings,
  parseSettings,
} from "../../../lib/core/settings.ts";

const ONE: ProfileSettings = {
  vus: "one",
  defaults: { VUS: "50", DURATION: "60s", MAX_TOKENS: "64", SLA: "chat" },
};
const LEVELS: ProfileSettings = {
  ...ONE,
  vus: "levels",
  defaults: { ...ONE.defaults, VUS: "1,2" },
};

describe("takes", () => {
  test("the environment over the profile over the general defaults, and says which", () => {
    const settings = parseSettings({ VUS: "5", PATH: "/bin" }, ONE);
    expect(settings).toMatchObject({ levels: [5], durationMs: 60_000, timeoutMs: 60_000 });
    expect(settings.effective).toMatchObject({
      VUS: { value: "5", source: "environment" },
      DURATION: { value: "60s", source: "profile" },
      TIMEOUT: { value: "60s", source: "default" },
    });
    expect(settings.effective).not.toHaveProperty("PATH");
  });

  test("a sweep's levels", () => {
    expect(parseSettings({ VUS: "1, 2,8" }, LEVELS).levels).toEqual([1, 2, 8]);
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

test("asks for what a profile must give", () => {
  expect(() => parseSettings({}, { vus: "one", defaults: {} })).toThrow(/VUS: not set/);
});

test("every known setting has a line of help", () => {
  expect(KNOWN_SETTINGS.map(({ name }) => name)).toEqual(SETTING_NAMES);
  expect(KNOWN_SETTINGS.every(({ help }) => help.length > 10)).toBe(true);
  expect(KNOWN_SETTINGS.filter(({ internal }) => internal).map(({ name }) => name)).toEqual([
    "ONCE",
    "RUN_ID",
    "INSTANCE",
    "SUMMARY_FILE",
  ]);
});
