import { parseDuration } from "../core/duration.ts";
import type { ProfileSettings, Settings } from "../core/settings.ts";
import { UserError } from "../core/user-error.ts";
import {
  type LoadSchedule,
  type LoadShape,
  levelSweepSchedule,
  rampHoldDrainSchedule,
  singleRequestSchedule,
} from "../workload/load-shape.ts";

interface Declared {
  readonly load: LoadShape;
  readonly output: { readonly tokens: number };
  readonly sla: string;
}

/** A profile's figures as defaults of the settings that go over them. */
export function profileSettings(profile: Declared): ProfileSettings {
  const { load } = profile;
  const shared = { MAX_TOKENS: String(profile.output.tokens), SLA: profile.sla };
  switch (load.kind) {
    case "ramp-hold-drain":
      return {
        vus: "one",
        defaults: { ...shared, VUS: String(load.vus), DURATION: load.steady },
      };
    case "level-sweep":
      return {
        vus: "levels",
        defaults: { ...shared, VUS: load.levels.join(","), DURATION: load.levelTime },
      };
    default:
      return load satisfies never;
  }
}

/** What the declared shape comes to under the settings. */
export function scheduleOf(load: LoadShape, settings: Settings): LoadSchedule {
  const { levels, durationMs } = settings;
  if (settings.once) return singleRequestSchedule(settings.timeoutMs);
  switch (load.kind) {
    case "ramp-hold-drain":
      return rampHoldDrainSchedule({
        vus: levels[0] ?? load.vus,
        steadyMs: durationMs,
        rampUpMs: declaredTime(load.rampUp),
        drainMs: declaredTime(load.drain),
      });
    case "level-sweep":
      return levelSweepSchedule({
        levels,
        levelMs: durationMs,
        settleMs: declaredTime(load.settle),
      });
    default:
      return load satisfies never;
  }
}

function declaredTime(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new UserError("bad-input", `profile: "${text}" is no time (30s)`);
  return ms;
}
