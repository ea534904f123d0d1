// @transient
import { type EffectiveSetting, SETTING_SOURCES } from "./request-record.ts";
import type { SettingParser } from "./setting-parsers.ts";
import type { SettingName } from "./setting-table.ts";
import { UserError } from "./user-error.ts";

type Texts = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings one by one and keeps what is wrong with them, so that a person hears of everything at once.
 *
 * @param unlisted never among the effective settings: secrets, and what is recorded elsewhere
 */
export function createSettingsReader(
  environment: Texts,
  profile: Texts,
  defaults: Texts,
  unlisted: readonly SettingName[],
): SettingsReader {
  return new SettingsReader(environment, profile, defaults, unlisted);
}

class SettingsReader {
  /** Each setting read so far that has a value, and where it came from. */
  readonly effective: Record<string, EffectiveSetting> = {};
  readonly #environment: Texts;
  readonly #defaults: Texts;
  readonly #profile: Texts;
  readonly #unlisted: readonly string[];
  readonly #problems: string[] = [];

  constructor(
    environment: Texts,
    profile: Texts,
    defaults: Texts,
    unlisted: readonly SettingName[],
  ) {
    this.#environment = environment;
    this.#profile = profile;
    this.#defaults = defaults;
    this.#unlisted = unlisted;
  }

  /** `undefined` where nobody gave it, and where it is malformed, which `throwProblems` tells. */
  optional<T>(name: SettingName, parser: SettingParser<T>): T | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    const value = parser.parse(found.value);
    if (value === undefined) {
      const shown =
        name === "API_KEY"
          ? "a value that is not shown"
          : JSON.stringify(found.value.replace(/\/\/.*@/, "//***@"));
      this.problem(`${name}: found ${shown}, allowed: ${parser.allowed}`);
    } else if (!this.#unlisted.includes(name) && found.value !== "") {
      this.effective[name] = found;
    }
    return value;
  }

  /** Where it is malformed, a stand-in until `throwProblems` tells. */
  required<T>(name: SettingName, parser: SettingParser<T>): T {
    const value = this.optional(name, parser) ?? parser.parse(this.#default(name) ?? "");
    if (value === undefined) throw new RangeError(`no default of ${name}`);
    return value;
  }

  /** What was found, as it stands. */
  textOf(name: SettingName): string | undefined {
    return this.#find(name)?.value;
  }

  problem(message: string): void {
    // A setting may be read twice: START_AT is the load's and the clock's.
    if (!this.#problems.includes(message)) this.#problems.push(message);
  }

  /** @throws UserError with all that was wrong, a line each */
  throwProblems(): void {
    if (this.#problems.length > 0) throw new UserError("bad-input", this.#problems.join("\n"));
  }

  #default(name: SettingName): string | undefined {
    return this.#profile[name] ?? this.#defaults[name];
  }

  #find(name: SettingName): EffectiveSetting | undefined {
    const given = this.#environment[name];
    if (given !== undefined) return { value: given, source: this.#whoGave(name) };
    const value = this.#default(name);
    if (value === undefined) return undefined;
    return { value, source: this.#profile[name] === undefined ? "default" : "profile" };
  }

  /** `tradeoff run` says who put a setting into the environment (`VUS:flag,TEXT:run`), a shell does not. */
  #whoGave(name: SettingName): EffectiveSetting["source"] {
    const told = this.#environment["SOURCES"]?.split(",");
    return SETTING_SOURCES.find((source) => told?.includes(`${name}:${source}`)) ?? "environment";
  }
}

export type { SettingsReader };
