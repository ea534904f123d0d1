import { sleep } from "k6";
import exec from "k6/execution";
import type { StreamClient } from "../clients/stream-client.ts";
import type { LoadPlan } from "../core/load-plan.ts";
import { createRandom } from "../core/random.ts";
import { RECORD_VERSION, type RunHeader } from "../core/request-record.ts";
import type { Settings } from "../core/settings.ts";
import type { Prompt } from "../workload/prompt-set.ts";
import { addBackoff, cohortTags } from "./metrics.ts";
import { type RequestContext, sendRequest } from "./request.ts";
import { createScenarioClock, scenarioTime } from "./scenario-clock.ts";
import type { SetupData } from "./setup.ts";
import type { NamedSla } from "./sla-file.ts";

/** What the users of a profile share, fixed before the run starts. */
export interface UserProfile {
  readonly name: string;
  readonly settings: Settings;
  readonly sla: NamedSla;
  readonly plan: LoadPlan;
  readonly staggerMs: number;
  readonly client: StreamClient;
  readonly exactLength: boolean;
  readonly promptOf: (request: number, runId: string) => Prompt;
}

/** A user of a closed loop: each call sends one request and waits for its end. */
export type User = () => Promise<void>;

/** Makes the user of the calling VU, at its first iteration: from then on its clock runs. */
export function createUser(profile: UserProfile, data: SetupData): User {
  const { settings, plan } = profile;
  const { vu, scenario } = exec;
  const context: RequestContext = {
    client: profile.client,
    settings,
    plan,
    baseUrl: data.baseUrl,
    model: data.model,
    slo: profile.sla.sla.slo,
    exactLength: profile.exactLength,
    clock: createScenarioClock(exec.instance, scenario.startTime),
  };
  let staggered = false;
  return async () => {
    // The very first iteration of this instance, whichever VU has it: no answer can be over yet.
    if (scenario.iterationInInstance === 0) record(settings, runHeader(profile, data));
    if (!staggered) {
      staggered = true;
      const random = createRandom(settings.seed + vu.idInTest);
      await sleep((random() * profile.staggerMs) / 1000);
    }
    const request = scenario.iterationInTest;
    const iteration = vu.iterationInScenario;
    const identity = {
      id: `${data.runId}-${settings.instance}-${vu.idInTest}-${iteration}`,
      instance: settings.instance,
      vu: vu.idInTest,
      iteration,
    };
    const done = await sendRequest(context, identity, profile.promptOf(request, data.runId));
    record(settings, done);
    const pauses = done.outcome !== "completed" && settings.backoffMs > 0 && !settings.once;
    if (pauses) {
      // A refused port would make a closed loop spin.
      addBackoff(settings.backoffMs, cohortTags(plan, scenarioTime(context.clock)));
      await sleep(settings.backoffMs / 1000);
    }
  };
}

function record(settings: Settings, line: object): void {
  if (settings.records === "console") console.log(JSON.stringify(line));
}

/** The first line of an instance's records. */
function runHeader(profile: UserProfile, data: SetupData): RunHeader {
  const { settings, sla } = profile;
  return {
    kind: "run",
    version: RECORD_VERSION,
    profile: profile.name,
    runId: data.runId,
    instance: settings.instance,
    t0EpochMs: exec.scenario.startTime,
    plan: profile.plan,
    settings: settings.effective,
    slaName: sla.name,
    slo: sla.sla.slo,
    labels: settings.labels,
    seed: settings.seed,
    model: data.model,
    api: settings.api,
  };
}
