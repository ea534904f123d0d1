import type { Options } from "k6/options";
import { clientOf } from "../clients/registry.ts";
import type { Api } from "../core/api.ts";
import { parseSettings } from "../core/settings.ts";
import { UserError } from "../core/user-error.ts";
import { singleRequestSchedule } from "../workload/closed-load.ts";
import type { LoadShape } from "../workload/load-shape.ts";
import { dryRun } from "./dry-run.ts";
import { createHeartbeat } from "./heartbeat.ts";
import { loadOptions } from "./load-options.ts";
import type { OpenFile } from "./open-file.ts";
import { type SetupData, setUp } from "./setup.ts";
import { loadSla } from "./sla-file.ts";
import { type SummaryData, summarize } from "./summary.ts";
import { createTaskSource, type ProfileTraffic, share, streamNames } from "./traffic.ts";
import { createUser, type User } from "./user.ts";

/** A traffic profile, as a scenario declares it. Settings from the environment go over its figures. */
export type Profile = ProfileTraffic & {
  readonly name: string;
  readonly load: LoadShape;
  /** Wire protocol, where the work is not for the general default (`vllm-chat`). */
  readonly api?: Api;
  /** Service level: the name of a file under `thresholds/`. */
  readonly sla: string;
  /** Whether tasks are made unique to the server's prefix cache (default true). */
  readonly cacheBust?: boolean;
  /** `(path) => open(path)`: k6 resolves a relative path from the file in which `open` is called. */
  readonly openFile: OpenFile;
};

/** What a k6 script exports. */
export interface ProfileScript {
  readonly options: Options;
  readonly setup: () => Promise<SetupData | undefined>;
  /** One task of one user. */
  readonly run: (data: SetupData | undefined) => Promise<void>;
  readonly heartbeat: () => Promise<void>;
  readonly handleSummary: (data: SummaryData) => Record<string, string>;
}

/**
 * Makes a k6 script of a profile: `export const { options, setup, run, heartbeat, handleSummary } = defineProfile(...)`.
 *
 * @throws UserError for malformed settings, SLA or data sets, before anything is sent
 */
export function defineProfile(profile: Profile): ProfileScript {
  const { name, load, openFile } = profile;
  const settings = parseSettings(__ENV, profileSettings(profile));
  const sla = loadSla(settings.sla, openFile);
  const schedule =
    settings.instead === "once"
      ? singleRequestSchedule(settings.timeoutMs)
      : load.schedule({ settings, share, openFile });
  const streams = streamNames(profile);
  const taskOf = createTaskSource(
    profile,
    settings,
    openFile,
    settings.cacheBust ?? profile.cacheBust ?? true,
  );
  const userProfile = {
    name,
    settings,
    sla,
    schedule,
    client: clientOf(settings.api),
    taskOf,
  };
  // Each VU evaluates the script in a scope of its own, so this is the VU's.
  let user: User | undefined;
  if (settings.instead === "dry-run") {
    return dryRunScript(() => dryRun(name, schedule, taskOf, settings.summaryFile));
  }
  return {
    options: loadOptions(schedule, settings, sla.sla, load.gate, streams),
    setup: () => setUp(settings, schedule),
    run: async (data) => {
      if (!data) throw new UserError("bad-input", "setup has not run: start without --no-setup");
      user ??= createUser(userProfile, data);
      await user();
    },
    heartbeat: createHeartbeat(schedule.plan, settings.startAtEpochMs),
    handleSummary: (data) => summarize({ name, plan: schedule.plan, streams }, settings, data),
  };
}

/** One iteration, in which nothing is done. */
function dryRunScript(handleSummary: ProfileScript["handleSummary"]): ProfileScript {
  const nothing = async () => {};
  const load = { executor: "per-vu-iterations", exec: "run", vus: 1, iterations: 1 } as const;
  return {
    options: { scenarios: { load } },
    setup: async () => undefined,
    run: nothing,
    heartbeat: nothing,
    handleSummary,
  };
}

function profileSettings(profile: Profile) {
  const { settings } = profile.load;
  const tokens =
    "streams" in profile || typeof profile.output.tokens !== "number"
      ? {}
      : { MAX_TOKENS: String(profile.output.tokens) };
  const api = profile.api === undefined ? {} : { API: profile.api };
  return { ...settings, defaults: { ...settings.defaults, ...tokens, ...api, SLA: profile.sla } };
}
