// @transient
import exec from "k6/execution";
import { clientOf } from "../clients/registry.ts";
import { BASE_URL_FORM } from "../core/base-url.ts";
import { printableLine } from "../core/printable.ts";
import { createRedactor } from "../core/redact.ts";
import { describeSettings, type Settings } from "../core/settings.ts";
import { UserError } from "../core/user-error.ts";
import type { LoadSchedule } from "../workload/load-shape.ts";
import { assertDeclaredLoad } from "./declared-load.ts";
import { serverHeaders } from "./request.ts";
import { LONGEST_WAIT_MS } from "./scenario-clock.ts";
import { checkServer } from "./server-check.ts";

/** What `setup` hands to every user. */
export interface SetupData {
  readonly baseUrl: string;
  readonly model: string;
  readonly runId: string;
}

/**
 * The `setup` of a profile: checks that the server can be used, and says what will run.
 *
 * Misuse ends the test by `test.abort`, so that k6 prints the message alone and exits 108; an error thrown in an async
 * `setup` would come with a stack, and 255. The message starts with the error's code (`target-unreachable: ...`).
 */
export async function setUp(
  settings: Settings,
  schedule: LoadSchedule,
): Promise<SetupData | undefined> {
  try {
    assertDeclaredLoad(schedule.plan);
    assertStart(settings);
    return await prepare(settings);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    exec.test.abort(shown(`${error.code}: ${error.message}`, settings));
    return undefined;
  }
}

/** A line for the terminal, with words of the server's in it. */
function shown(line: string, { apiKey }: Settings): string {
  return printableLine(createRedactor(apiKey)(line));
}

/** @throws UserError on a shared start that can't be kept */
function assertStart({ startAtEpochMs }: Settings): void {
  if (startAtEpochMs === undefined) return;
  const aheadMs = startAtEpochMs - Date.now();
  if (aheadMs > LONGEST_WAIT_MS || aheadMs < 0) {
    const allowed = `from now on to ${LONGEST_WAIT_MS / 60_000} minutes ahead`;
    const found = `${(aheadMs / 1000).toFixed(1)} s from now`;
    throw new UserError(
      "bad-input",
      `START_AT: found ${startAtEpochMs}, ${found}, allowed: ${allowed}`,
    );
  }
}

async function prepare(settings: Settings): Promise<SetupData> {
  const { baseUrl, apiKey } = settings;
  if (baseUrl === undefined) {
    throw new UserError("bad-input", `BASE_URL: not set, allowed: ${BASE_URL_FORM}`);
  }
  const { probes } = clientOf(settings.api);
  const server = { baseUrl, headers: serverHeaders(apiKey), probes };
  const model = await checkServer(server, settings.model);
  // With records on, the console is theirs alone, and their header line holds the settings.
  if (settings.records === "off") {
    const effective = describeSettings(settings.effective);
    console.info(shown(`model ${model}; settings: ${effective}`, settings));
  }
  return { baseUrl, model, runId: settings.runId ?? runIdFromClock() };
}

function runIdFromClock(): string {
  return new Date().toISOString().replace(/[-:]/g, "").replace(/\..*$/, "Z");
}
