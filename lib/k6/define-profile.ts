import type { Options } from "k6/options";
import { CLIENTS } from "../clients/registry.ts";
import { parseSettings } from "../core/settings.ts";
import { UserError } from "../core/user-error.ts";
import type { LoadShape } from "../workload/load-shape.ts";
import { createHeartbeat } from "./heartbeat.ts";
import { loadOptions } from "./load-options.ts";
import { profileSettings, scheduleOf } from "./profile-load.ts";
import { createPromptSource, type OpenFile } from "./prompt-source.ts";
import { createSetup, type SetupData } from "./setup.ts";
import { loadSla } from "./sla-file.ts";
import { createSummary, type HandleSummary } from "./summary.ts";
import { createUser, type User } from "./user.ts";

/** A traffic profile, as a scenario declares it. Settings from the environment go over its figures. */
export interface Profile {
  readonly name: string;
  readonly load: LoadShape;
  /** A prompt set, relative to the scenario. */
  readonly prompts: string;
  readonly output: {
    readonly tokens: number;
    /** Whether answers go on to just that length, where the server can be told to (default true). */
    readonly exactly?: boolean;
  };
  /** Service level: the name of a file under `thresholds/`. */
  readonly sla: string;
  /** Whether prompts are made unique to the server's prefix cache (default true). */
  readonly cacheBust?: boolean;
  /** `(path) => open(path)`: k6 resolves a relative path from the file in which `open` is called. */
  readonly openFile: OpenFile;
}

/** What a k6 script exports. */
export interface ProfileScript {
  readonly options: Options;
  readonly setup: () => Promise<SetupData | undefined>;
  /** One request of one user. */
  readonly run: (data: SetupData | undefined) => Promise<void>;
  readonly heartbeat: () => Promise<void>;
  readonly handleSummary: HandleSummary;
}

/**
 * Makes a k6 script of a profile: `export const { options, setup, run, heartbeat, handleSummary } = defineProfile(...)`.
 *
 * @throws UserError for malformed settings, SLA or prompts, before anything is sent
 */
export function defineProfile(profile: Profile): ProfileScript {
  const settings = parseSettings(__ENV, profileSettings(profile));
  const sla = loadSla(settings.sla, profile.openFile);
  const schedule = scheduleOf(profile.load, settings);
  const { plan } = schedule;
  const cacheBust = profile.cacheBust ?? true;
  const userProfile = {
    name: profile.name,
    settings,
    sla,
    plan,
    staggerMs: schedule.staggerMs,
    client: CLIENTS[settings.api],
    exactLength: profile.output.exactly ?? true,
    promptOf: createPromptSource(profile.prompts, profile.openFile, settings.seed, cacheBust),
  };
  // Each VU evaluates the script in a scope of its own, so this is the VU's.
  let user: User | undefined;
  return {
    options: loadOptions(schedule, settings, sla.sla, gateOf(profile.load)),
    setup: createSetup(settings, schedule),
    run: async (data) => {
      if (!data) throw new UserError("bad-input", "setup has not run: start without --no-setup");
      user ??= createUser(userProfile, data);
      await user();
    },
    heartbeat: createHeartbeat(plan),
    handleSummary: createSummary(profile.name, settings, plan),
  };
}

/** A sweep asks which level holds the SLA, so there its limits are no gate. */
function gateOf(load: LoadShape): "all" | "floors" {
  return load.kind === "level-sweep" ? "floors" : "all";
}
