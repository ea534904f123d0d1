import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { FILE_SETTINGS } from "../lib/core/setting-table.ts";
import { UserError } from "../lib/core/user-error.ts";
import { closestName } from "./closest-name.ts";
import { SETTING_HELP } from "./setting-help.ts";

/** What a person may set; the others are set by whoever starts the script. */
const PUBLIC_SETTINGS = Object.entries(SETTING_HELP).map(([name, help]) => ({ name, help }));

/** Collects `-e KEY=VALUE` flags. */
export function collectSetting(
  flag: string,
  collected: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at = flag.indexOf("=");
  if (at < 1) throw new InvalidArgumentError(`found "${flag}", allowed: KEY=VALUE`);
  return { ...collected, [flag.slice(0, at)]: flag.slice(at + 1) };
}

/**
 * The settings that the script will see: the known names from the machine's environment, then what `-e` says.
 *
 * @throws UserError on a name that no profile knows: a slip such as `VUZ=3` must not pass
 */
export function settingsOf(
  flags: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const names = PUBLIC_SETTINGS.map((setting) => setting.name);
  for (const name of Object.keys(flags)) {
    if (names.some((known) => known === name)) continue;
    const guess = closestName(name, names);
    const hint = guess === undefined ? "" : ` (did you mean ${guess}?)`;
    throw new UserError(
      "bad-input",
      `-e ${name}: no such setting${hint}; allowed: ${names.join(", ")}`,
    );
  }
  const records = flags["RECORDS"];
  if (records !== undefined && records !== "console") {
    throw new UserError(
      "bad-input",
      `RECORDS: found ${JSON.stringify(records)}, allowed: console, since a run folder is made of records; for a run without them use k6 run`,
    );
  }
  const settings: Record<string, string> = {};
  for (const name of names) {
    const value = flags[name] ?? environment[name];
    if (value === undefined) continue;
    const isFile = FILE_SETTINGS.some((file) => file === name);
    settings[name] = isFile ? existing(name, value) : value;
  }
  return settings;
}

function existing(name: string, path: string): string {
  if (existsSync(path)) return resolve(path);
  throw new UserError("bad-input", `${name}: found "${path}", allowed: a file that is there`);
}

/** The settings, a line each, for `--help`. */
export function settingsHelp(): string {
  const width = Math.max(...PUBLIC_SETTINGS.map((setting) => setting.name.length));
  const lines = PUBLIC_SETTINGS.map(
    (setting) => `  ${setting.name.padEnd(width)}  ${setting.help}`,
  );
  return `\nSettings (-e, or the environment):\n${lines.join("\n")}`;
}
