import { APIS, type Api } from "./api.ts";
import { BASE_URL_FORM, parseBaseUrl } from "./base-url.ts";
import { DURATION_FORM, parseDuration } from "./duration.ts";

/** Turns the text of one setting into its value. */
export interface SettingParser<T> {
  /** `undefined` where the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
  /** What is allowed, in words for an error message. */
  readonly allowed: string;
}

const UINT32_MAX = 4_294_967_295;

function when<T>(text: string, pattern: RegExp, value: (text: string) => T): T | undefined {
  return pattern.test(text) ? value(text) : undefined;
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function positive(text: string): number | undefined {
  const value = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
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

const asIs = (text: string): string => text;

function oneOf<const T extends string>(values: readonly T[]): SettingParser<T> {
  return {
    parse: (text) => values.find((value) => value === text),
    allowed: values.join(", "),
  };
}

export const baseUrl: SettingParser<string> = { parse: parseBaseUrl, allowed: BASE_URL_FORM };
export type RecordsChannel = "off" | "console";
export const recordsChannel: SettingParser<RecordsChannel> = oneOf(["off", "console"]);
/** What a record keeps of the answer's text. */
export type TextPolicy = "none" | "hash" | "full";
export const textPolicy: SettingParser<TextPolicy> = oneOf(["none", "hash", "full"]);
export const api: SettingParser<Api> = oneOf(APIS);
export const modelName: SettingParser<string> = {
  parse: (text) => when(text, /^\S(?:.*\S)?$/, asIs),
  allowed: "a name without spaces around it",
};
export const secret: SettingParser<string> = {
  parse: (text) => when(text, /^[\x21-\x7e]*$/, asIs),
  allowed: "printable ASCII characters without spaces",
};
export const identifier: SettingParser<string> = {
  parse: (text) => when(text, /^[A-Za-z0-9._-]{1,64}$/, asIs),
  allowed: "1 to 64 letters, digits, dots, dashes and underscores",
};
export const filePath: SettingParser<string> = {
  parse: (text) => when(text, /\S/, asIs),
  allowed: "a path",
};
export const slaReference: SettingParser<string> = {
  parse: (text) => when(text, /^[A-Za-z0-9_-]+$|^\/.+|^[A-Za-z]:[\\/].+/, asIs),
  allowed: "the name of a file under thresholds/ without .json (chat), an absolute path, or none",
};
export const seed: SettingParser<number> = {
  parse: (text) => wholeNumber(text, 0, UINT32_MAX),
  allowed: `a whole number from 0 to ${UINT32_MAX}`,
};
export const count: SettingParser<number> = {
  parse: (text) => wholeNumber(text, 1, 1_000_000),
  allowed: "a whole number of 1 or more",
};
export const retries: SettingParser<number> = {
  parse: (text) => wholeNumber(text, 0, 10),
  allowed: "a whole number from 0 to 10",
};
/** What a run whose client was too late comes to. */
export type HealthPolicy = "gate" | "report";
export const healthPolicy: SettingParser<HealthPolicy> = oneOf(["gate", "report"]);
export const onOff: SettingParser<boolean> = {
  parse: (text) => (text === "on" ? true : text === "off" ? false : undefined),
  allowed: "on, off",
};
export const epochMs: SettingParser<number> = {
  parse: (text) => when(text, /^\d{13}$/, Number),
  allowed: "milliseconds since the epoch, 13 digits (date +%s000)",
};
export const factor: SettingParser<number> = {
  parse: positive,
  allowed: "a number above 0",
};
export const share: SettingParser<number> = {
  parse: (text) => {
    const value = positive(text);
    return value !== undefined && value <= 1 ? value : undefined;
  },
  allowed: "a share above 0, up to 1",
};
export const pause: SettingParser<number> = { parse: parseDuration, allowed: DURATION_FORM };
export const duration: SettingParser<number> = {
  parse: (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms > 0 ? ms : undefined;
  },
  allowed: `${DURATION_FORM}, above 0`,
};

export const risingLevels: SettingParser<readonly number[]> = {
  parse: (text) => rising(text, count.parse),
  allowed: "whole numbers of 1 or more in rising order, separated by commas (1,2,4,8)",
};

const RATE_FORM = "requests a second above 0 (0.5)";
export const rate: SettingParser<number> = { parse: positive, allowed: RATE_FORM };
export const risingRates: SettingParser<readonly number[]> = {
  parse: (text) => rising(text, positive),
  allowed: `${RATE_FORM} in rising order, separated by commas (0.5,1,2)`,
};
export const labels: SettingParser<Readonly<Record<string, string>>> = {
  parse: (text) => {
    const found: Record<string, string> = {};
    if (text.trim() === "") return found;
    for (const part of text.split(",")) {
      const match = /^\s*([A-Za-z_][A-Za-z0-9_.-]*)=(.*?)\s*$/.exec(part);
      const [, key, value] = match ?? [];
      if (key === undefined || value === undefined || value === "" || key in found)
        return undefined;
      found[key] = value;
    }
    return found;
  },
  allowed: "k=v,... with each key once (engine=vllm,variant=int4)",
};
