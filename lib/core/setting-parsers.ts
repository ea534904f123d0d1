// @transient
import { APIS } from "./api.ts";
import { BASE_URL_FORM, parseBaseUrl } from "./base-url.ts";
import { DURATION_FORM, parseDuration } from "./duration.ts";

/** Turns the text of one setting into its value. */
export interface SettingParser<T> {
  /** `undefined` where the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
  /** What is allowed, in words for an error message. */
  readonly allowed: string;
}

/** What a record keeps of the answer's text. */
export type TextPolicy = "none" | "hash" | "full";
export type RecordsChannel = "off" | "console";
/** What a run whose client was too late comes to. */
export type HealthPolicy = "gate" | "report";

export type SettingParsers = ReturnType<typeof settingParsers>;

/** A parser for each kind of setting. */
export function settingParsers() {
  const count = wholeNumber(1, 1_000_000, "a whole number from 1 to 1000000");
  const rateForm = "requests a second above 0 (0.5)";
  return {
    baseUrl: setting(BASE_URL_FORM, parseBaseUrl),
    recordsChannel: oneOf<RecordsChannel>(["off", "console"]),
    textPolicy: oneOf<TextPolicy>(["none", "hash", "full"]),
    api: oneOf(APIS),
    modelName: matching("a name without spaces around it", /^\S(?:.*\S)?$/),
    secret: matching("printable ASCII characters without spaces", /^[\x21-\x7e]*$/),
    identifier: matching(
      "1 to 64 letters, digits, dots, dashes and underscores",
      /^[A-Za-z0-9._-]{1,64}$/,
    ),
    filePath: matching("a path", /\S/),
    slaReference: matching(
      "the name of a file under thresholds/ without .json (chat), an absolute path, or none",
      /^[A-Za-z0-9_-]+$|^\/.+|^[A-Za-z]:[\\/].+/,
    ),
    seed: wholeNumber(0, UINT32_MAX, `a whole number from 0 to ${UINT32_MAX}`),
    count,
    retries: wholeNumber(0, 10, "a whole number from 0 to 10"),
    healthPolicy: oneOf<HealthPolicy>(["gate", "report"]),
    onOff: setting("on, off", (text) =>
      text === "on" ? true : text === "off" ? false : undefined,
    ),
    epochMs: setting("milliseconds since the epoch, 13 digits (date +%s000)", (text) =>
      /^\d{13}$/.test(text) ? Number(text) : undefined,
    ),
    factor: setting("a number above 0", positive),
    share: setting("a share above 0, up to 1", (text) => atMostOne(positive(text))),
    pause: setting(DURATION_FORM, parseDuration),
    duration: setting(`${DURATION_FORM}, above 0`, (text) => parseDuration(text) || undefined),
    risingLevels: setting(
      "whole numbers from 1 to 1000000 in rising order, separated by commas (1,2,4,8)",
      (text) => rising(text, count.parse),
    ),
    rate: setting(rateForm, positive),
    risingRates: setting(`${rateForm} in rising order, separated by commas (0.5,1,2)`, (text) =>
      rising(text, positive),
    ),
    labels: setting("k=v,... with each key once (engine=vllm,variant=int4)", labelsIn),
  };
}

const UINT32_MAX = 4_294_967_295;

function setting<T>(allowed: string, parse: SettingParser<T>["parse"]): SettingParser<T> {
  return { parse, allowed };
}

function matching(allowed: string, pattern: RegExp): SettingParser<string> {
  return setting(allowed, (text) => (pattern.test(text) ? text : undefined));
}

function oneOf<const T extends string>(values: readonly T[]): SettingParser<T> {
  return setting(values.join(", "), (text) => values.find((value) => value === text));
}

function wholeNumber(min: number, max: number, allowed: string): SettingParser<number> {
  return setting(allowed, (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : -1;
    return value >= min && value <= max ? value : undefined;
  });
}

function positive(text: string): number | undefined {
  const value = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : 0;
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

function atMostOne(value: number | undefined): number | undefined {
  return value !== undefined && value <= 1 ? value : undefined;
}

/** Numbers in rising order, separated by commas. */
function rising(
  text: string,
  parse: (part: string) => number | undefined,
): readonly number[] | undefined {
  const levels: number[] = [];
  for (const part of text.split(",")) {
    const level = parse(part.trim());
    if (level === undefined || level <= (levels.at(-1) ?? 0)) return undefined;
    levels.push(level);
  }
  return levels;
}

function labelsIn(text: string): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  if (text.trim() === "") return found;
  for (const part of text.split(",")) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_.-]*)=(.*?)\s*$/.exec(part);
    const [, key, value] = match ?? [];
    if (key === undefined || value === undefined || value === "" || key in found) return undefined;
    found[key] = value;
  }
  return found;
}
