import { createRedactor } from "../core/redact.ts";
import { RECORD_VERSION, type RunHeader } from "../core/request-record.ts";
import type { SetupData } from "./setup.ts";
import type { UserProfile } from "./user.ts";

/** The first line of an instance's records. */
export function runHeader(
  { name, settings, sla, schedule }: UserProfile,
  data: SetupData,
  instance: string,
  t0EpochMs: number,
): RunHeader {
  return {
    kind: "run",
    version: RECORD_VERSION,
    profile: name,
    runId: data.runId,
    instance,
    t0EpochMs,
    plan: schedule.plan,
    settings: settings.effective,
    slaName: sla.name,
    sla: sla.sla,
    labels: settings.labels,
    seed: settings.seed,
    // A name that nobody gave is the server's word.
    model: settings.model ?? createRedactor(settings.apiKey)(data.model),
    api: settings.api,
  };
}
