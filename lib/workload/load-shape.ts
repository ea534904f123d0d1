import type { LoadPlan } from "../core/load-plan.ts";
import type { SettingParser } from "../core/setting-parsers.ts";
import type { LoadSettingName } from "../core/setting-table.ts";
import type { ProfileSettings, Settings } from "../core/settings.ts";

/**
 * The shape of a load: what a profile declares of when users or requests come. It carries its own code rather than a name
 * of it, so that a bundle holds the shapes it uses and no others.
 */
export interface LoadShape {
  /** The settings it knows, and its figures as their defaults. */
  readonly settings: ProfileSettings;
  /** A sweep asks which level holds the SLA, so there the SLA's limits are no gate. */
  readonly gate: "all" | "floors";
  /** @throws UserError where the settings don't give a load */
  readonly schedule: (run: LoadRun) => LoadSchedule;
}

/** What a shape, or a kind of work, may use of the run. */
export interface LoadRun {
  readonly settings: Pick<Settings, "load" | "seed" | "dataset">;
  readonly share: Share;
  /** Reads a file; relative paths are relative to the scenario. */
  readonly openFile: (path: string) => string;
}

/** Makes a list once for all users: k6 gives each user a world of its own. */
export type Share = <T>(name: string, make: () => T[]) => readonly T[];

/** What a shape comes to under the settings of a run. */
export type LoadSchedule = StagedSchedule | ArrivalSchedule | SingleRequest;

/** Users that come and go: a closed loop. */
export interface StagedSchedule {
  readonly kind: "stages";
  readonly plan: LoadPlan;
  readonly startVus: number;
  readonly stages: readonly Stage[];
  /** Users that start together put their first requests apart by up to this time, lest equal lengths march in step. */
  readonly staggerMs: number;
}

/** A stage of k6's `ramping-vus`: from the users there are to `target` within the time, in a straight line. */
export interface Stage {
  readonly target: number;
  readonly durationMs: number;
}

/** Requests that come each at its own time: an open loop. */
export interface ArrivalSchedule {
  readonly kind: "arrivals";
  readonly plan: LoadPlan;
  /** When each request is due, milliseconds since T0, ascending. */
  readonly timesMs: ArrayLike<number>;
}

/** One request of one user, to see what comes back. */
export interface SingleRequest {
  readonly kind: "single-request";
  readonly plan: LoadPlan;
}

/** Ramps and settling times are at most this share of the steady time, so that a short run stays short. */
const LONGEST_EDGE_SHARE = 0.25;

/** Whole milliseconds: k6 takes no parts of one. */
export function edgeMs(wantedMs: number, steadyMs: number): number {
  return Math.round(Math.min(wantedMs, steadyMs * LONGEST_EDGE_SHARE));
}

/**
 * The value of a setting that the shape named a parser for, so that its text is known to be well-formed.
 *
 * @returns `undefined` where nobody gave it
 */
export function loadValue<T>(
  { settings }: LoadRun,
  name: LoadSettingName,
  parser: SettingParser<T>,
): T | undefined {
  const text = settings.load[name];
  return text === undefined ? undefined : parser.parse(text);
}
