import { sleep } from "k6";
import exec from "k6/execution";
import type { StreamClient } from "../clients/stream-client.ts";
import type { ChatMessage } from "../core/chat-message.ts";
import { planEndMs } from "../core/load-plan.ts";
import { createRandom } from "../core/random.ts";
import { createRedactor } from "../core/redact.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { canRetry } from "../core/retry.ts";
import type { Settings } from "../core/settings.ts";
import type { NamedSla } from "../core/sla.ts";
import type { ArrivalSchedule, LoadSchedule } from "../workload/load-shape.ts";
import type { Task, Turn } from "../workload/task.ts";
import { addBackoff, cohortTags } from "./metrics.ts";
import {
  type Arrival,
  giveUpRequest,
  type RequestContext,
  type RequestIdentity,
  sendRequest,
} from "./request.ts";
import { runHeader } from "./run-header.ts";
import { createScenarioClock, scenarioTime } from "./scenario-clock.ts";
import type { SetupData } from "./setup.ts";

/** What the users of a profile share, fixed before the run starts. */
export interface UserProfile {
  readonly name: string;
  readonly settings: Settings;
  readonly sla: NamedSla;
  readonly schedule: LoadSchedule;
  readonly client: StreamClient;
  readonly taskOf: (request: number, runId: string) => Task;
}

/** A user: each call does one task, a request or a conversation. */
export type User = () => Promise<void>;

/** Makes the user of the calling VU, at its first iteration: from then on its clock runs. */
export function createUser(profile: UserProfile, data: SetupData): User {
  const { settings, schedule } = profile;
  const { vu, scenario } = exec;
  const t0EpochMs = settings.startAtEpochMs ?? scenario.startTime;
  const context: RequestContext = {
    client: profile.client,
    settings,
    plan: schedule.plan,
    baseUrl: data.baseUrl,
    model: data.model,
    slo: profile.sla.sla.slo,
    clock: createScenarioClock(exec.instance, t0EpochMs),
    redact: createRedactor(settings.apiKey),
  };
  const instance = instanceOf(settings);
  const arrive =
    schedule.kind === "arrivals"
      ? arrivalsOf(schedule, context)
      : closedLoop(schedule.kind === "stages" ? schedule.staggerMs : 0, settings);
  return async () => {
    // The very first iteration of this instance, whichever VU has it: no answer can be over yet.
    if (scenario.iterationInInstance === 0) {
      record(settings, runHeader(profile, data, instance, t0EpochMs));
    }
    const request = scenario.iterationInTest;
    const task = profile.taskOf(request, data.runId);
    const identity = {
      instance,
      vu: vu.idInTest,
      iteration: vu.iterationInScenario,
      stream: task.stream,
      promptId: task.id,
      conversation: task.kind === "conversation" ? `${data.runId}-${request}` : null,
    };
    const idPrefix = `${data.runId}-${instance}-${identity.vu}-${identity.iteration}`;
    await doTask(context, task, identity, idPrefix, await arrive(request));
  };
}

type TaskIdentity = Omit<RequestIdentity, "id" | "turn" | "attempt" | "askedTokens">;

/** Turn after turn, each with the answers before it; an answer that fails ends a conversation, and so does the plan's end. */
async function doTask(
  context: RequestContext,
  task: Task,
  identity: TaskIdentity,
  idPrefix: string,
  arrival: Arrival,
): Promise<void> {
  if (arrival !== null && arrival.readyMs >= planEndMs(context.plan)) {
    const [first] = task.turns;
    const asked = { turn: task.kind === "conversation" ? 1 : null, attempt: 1 };
    const identified = {
      ...identity,
      ...asked,
      id: idPrefix,
      askedTokens: askedTokens(context, task, first),
    };
    record(context.settings, giveUpRequest(context, identified, arrival));
    return;
  }
  const history: ChatMessage[] = [];
  for (const [index, turn] of task.turns.entries()) {
    if (index > 0) {
      await sleep(task.thinkMs / 1000);
      if (planIsOver(context)) return;
    }
    history.push(...turn.messages);
    const id = index > 0 ? `${idPrefix}-t${index + 1}` : idPrefix;
    const answer = await askWithRetries(
      context,
      { ...identity, id, turn: task.kind === "conversation" ? index + 1 : null },
      task,
      turn,
      history,
      // What comes after the first turn comes when the user has thought, not by a schedule.
      index === 0 ? arrival : null,
    );
    if (answer === undefined) return;
    history.push({ role: "assistant", content: answer });
  }
}

/** @returns the text of the answer; `undefined` where there is none */
async function askWithRetries(
  context: RequestContext,
  identity: Omit<RequestIdentity, "attempt" | "askedTokens">,
  task: Task,
  turn: Turn,
  messages: readonly ChatMessage[],
  arrival: Arrival,
): Promise<string | undefined> {
  const { settings, plan } = context;
  const content = {
    messages: [...messages],
    tools: task.tools,
    exactLength: task.exactLength,
    maxTokens: turn.outputTokens,
    reference: turn.reference,
  };
  for (let attempt = 1; ; attempt += 1) {
    const asked = {
      ...identity,
      id: attempt > 1 ? `${identity.id}-a${attempt}` : identity.id,
      attempt,
      askedTokens: askedTokens(context, task, turn),
    };
    const done = await sendRequest(context, asked, content, arrival);
    record(settings, done.record);
    if (done.record.outcome === "completed") return done.text;
    const retries = attempt <= settings.retries && canRetry(done.record);
    // A refused port would make a closed loop spin; an open one has its schedule.
    const pauseMs = retries
      ? // A server may ask for an hour: nothing is sent again after the plan, so no user waits for longer.
        Math.min(
          Math.max(settings.backoffMs, done.record.retryAfterMs ?? 0),
          planEndMs(plan) - scenarioTime(context.clock),
        )
      : arrival === null && settings.instead !== "once"
        ? settings.backoffMs
        : 0;
    if (pauseMs > 0) {
      addBackoff(pauseMs, cohortTags(plan, scenarioTime(context.clock), identity.stream));
      await sleep(pauseMs / 1000);
    }
    if (!retries || planIsOver(context)) return undefined;
  }
}

function askedTokens({ client }: RequestContext, task: Task, turn: Turn | undefined) {
  const told = task.exactLength && client.transport === "sse";
  return told ? (turn?.outputTokens ?? null) : null;
}

/** A closed loop's users start apart from each other; from then on each sends when its last request is over. */
function closedLoop(staggerMs: number, { seed }: Settings): () => Promise<Arrival> {
  let staggered = false;
  return async () => {
    if (!staggered) {
      staggered = true;
      const random = createRandom(seed + exec.vu.idInTest);
      await sleep((random() * staggerMs) / 1000);
    }
    return null;
  };
}

/** A user of an open loop takes up the next request of the schedule and waits for its time. */
function arrivalsOf(
  { timesMs }: ArrivalSchedule,
  { clock }: RequestContext,
): (request: number) => Promise<Arrival> {
  return async (request) => {
    const scheduledMs = timesMs[request];
    if (scheduledMs === undefined) throw new RangeError(`no arrival for request ${request}`);
    const readyMs = scenarioTime(clock);
    if (readyMs < scheduledMs) await sleep((scheduledMs - readyMs) / 1000);
    return { scheduledMs, readyMs };
  };
}

function planIsOver(context: RequestContext): boolean {
  return scenarioTime(context.clock) >= planEndMs(context.plan);
}

/** k6-operator tells its pods apart by a tag; elsewhere INSTANCE does. */
function instanceOf({ instance }: Settings): string {
  return instance ?? exec.test.options.tags?.["instance_id"] ?? "1";
}

function record(settings: Settings, line: RequestRecord | object): void {
  if (settings.records === "console") console.log(JSON.stringify(line));
}
