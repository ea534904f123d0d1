import type { RunFile } from "../records/run.ts";
import { type Bundle, findBundle } from "./bundle.ts";
import { chooseEngine, type Engine, type EngineChoice } from "./choose-engine.ts";
import { type EngineExit, runEngineProcess, STOPPED_FROM_OUTSIDE } from "./engine-process.ts";
import { exitReason } from "./exit-reason.ts";
import { findMisuse } from "./find-misuse.ts";
import { countRequests, exitCodeOf, judgeHealth } from "./judge-run.ts";
import { hardwareOfThisMachine, versionsOfThisProcess } from "./machine.ts";
import { type LiveView, RecordsTail } from "./records-tail.ts";
import {
  compressRecords,
  createRunFolder,
  type RunFolder,
  removeRunFolder,
  writeRunFile,
} from "./run-folder.ts";
import { type RunSummary, readSummary } from "./run-summary.ts";
import { servedArtifact } from "./served-artifact.ts";
import { type SampledServer, whileSampling } from "./server-sampler.ts";

const POLL_MS = 500;

/** Where the parts of this installation are. */
export interface Installation {
  readonly distDirectory: string;
  readonly embeddedEntry: string;
  readonly version: string;
}

export interface ProfileRun {
  /** Name of a profile, or path of a bundle. */
  readonly profile: string;
  readonly engine: EngineChoice;
  /** The suite's folder; the run leaves `runs/<id>/` in it. */
  readonly outDirectory: string;
  /** Settings as the script's environment has them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Which of them a person gave by a flag; the others come from the machine's environment, or from the caller. */
  readonly flags: readonly string[];
  /** Which of them the caller set itself. */
  readonly ownSettings: readonly string[];
  /** Address of the server's metrics, where they are not at `/metrics` of its BASE_URL. */
  readonly metricsUrl: string | undefined;
  readonly installation: Installation;
  readonly onStart: (engine: Engine) => void;
  readonly onProgress: (view: LiveView) => void;
  readonly onLogLine: (line: string) => void;
  /** Aborted: the test ends gracefully and the run is marked as interrupted. */
  readonly signal: AbortSignal;
}

export interface ProfileResult {
  readonly directory: string;
  readonly run: RunFile;
  /** What the profile's own summary printed. */
  readonly summaryText: string;
}

/**
 * Runs one bundle on k6 or the embedded engine and leaves `runs/<id>/`, whatever happens meanwhile: `run.json` says
 * `running` from the start, and is replaced at the end.
 *
 * @throws UserError on an unknown profile, an unwritable folder, an engine that is not there, or a server that can't be used
 */
export async function runProfile(request: ProfileRun): Promise<ProfileResult> {
  const bundle = findBundle(request.profile, request.installation.distDirectory);
  const engine = await chooseEngine(
    request.engine,
    bundle.path,
    process.env,
    request.installation.version,
  );
  const folder = createRunFolder(request.outDirectory, bundle.profile, new Date());
  const opening = await openingRunFile(request, bundle, engine, folder);
  writeRunFile(folder, opening);
  request.onStart(engine);

  const tail = new RecordsTail(folder.records);
  const logLines: string[] = [];
  const { result: exit, note } = await whileSampling(sampledServer(request, folder), () =>
    drive(request, bundle, engine, folder, tail, logLines),
  );
  const view = tail.poll();
  const misuse = view.recorded === 0 ? findMisuse(logLines) : undefined;
  if (misuse !== undefined) {
    // Nothing was sent: there is no run to keep.
    removeRunFolder(folder);
    throw misuse;
  }
  for (const line of logLines) request.onLogLine(line);
  if (note !== null) request.onLogLine(`no metrics of the server in this run: ${note}`);
  const run = closingRunFile(opening, exit, view, folder, request.signal.aborted);
  if (run.state === "interrupted" && !request.signal.aborted) {
    request.onLogLine(`${run.exit?.reason}: the run is incomplete`);
  }
  await compressRecords(folder);
  writeRunFile(folder, run);
  return { directory: folder.directory, run, summaryText: exit.stdout };
}

/** `undefined` where there is nothing to ask, or no time to ask twice. */
function sampledServer(
  { settings, metricsUrl }: ProfileRun,
  folder: RunFolder,
): SampledServer | undefined {
  const { BASE_URL, API_KEY, ONCE } = settings;
  return BASE_URL === undefined || ONCE === "1"
    ? undefined
    : { baseUrl: BASE_URL, metricsUrl, apiKey: API_KEY, file: folder.serverSamples };
}

async function drive(
  request: ProfileRun,
  bundle: Bundle,
  engine: Engine,
  folder: RunFolder,
  tail: RecordsTail,
  logLines: string[],
): Promise<EngineExit> {
  const timer = setInterval(() => request.onProgress(tail.poll()), POLL_MS);
  let anythingSent = false;
  try {
    return await runEngineProcess({
      engine,
      bundlePath: bundle.path,
      embeddedEntry: request.installation.embeddedEntry,
      consoleOutput: folder.records,
      env: {
        ...request.settings,
        SOURCES: sourcesOf(request),
        RUN_ID: folder.id,
        RECORDS: "console",
        SUMMARY_FILE: folder.summary,
      },
      // Shown once it is known that they don't tell of misuse, and as they come as soon as something was sent.
      onLogLine: (line) => {
        // A server that dies brings a line a request: the records are looked at until the first one is there.
        anythingSent ||= tail.poll().recorded > 0;
        if (!anythingSent) logLines.push(line);
        else for (const shown of [...logLines.splice(0), line]) request.onLogLine(shown);
      },
      onInterrupt: (interrupt) => request.signal.addEventListener("abort", interrupt),
    });
  } finally {
    clearInterval(timer);
  }
}

/** Who gave each setting, for the script, which sees one environment only. */
function sourcesOf({ flags, ownSettings }: ProfileRun): string {
  const own = [...ownSettings, "RECORDS"].map((name) => `${name}:run`);
  return [...flags.map((name) => `${name}:flag`), ...own].join(",");
}

async function openingRunFile(
  request: ProfileRun,
  bundle: Bundle,
  engine: Engine,
  folder: RunFolder,
): Promise<RunFile> {
  const { BASE_URL, MODEL, API_KEY } = request.settings;
  return {
    kind: "run",
    version: 1,
    id: folder.id,
    state: "running",
    profile: bundle.profile,
    startedAt: new Date().toISOString(),
    finishedAt: null,
    engine: { name: engine.name, version: engine.version },
    bundle: { file: bundle.path, digest: bundle.digest },
    plan: null,
    t0EpochMs: null,
    settings: {},
    slaName: null,
    sla: null,
    labels: {},
    seed: null,
    model: MODEL ?? null,
    api: null,
    artifact: BASE_URL === undefined ? null : await servedArtifact(BASE_URL, MODEL, API_KEY),
    versions: versionsOfThisProcess(request.installation.version),
    hardware: hardwareOfThisMachine(),
    counts: null,
    health: null,
    exit: null,
  };
}

function closingRunFile(
  opening: RunFile,
  exit: EngineExit,
  view: LiveView,
  folder: RunFolder,
  interrupted: boolean,
): RunFile {
  const header = view.header;
  const seen =
    header === undefined
      ? {}
      : {
          plan: header.plan,
          t0EpochMs: header.t0EpochMs,
          settings: header.settings,
          slaName: header.slaName,
          sla: header.sla,
          labels: header.labels,
          seed: header.seed,
          model: header.model,
          api: header.api,
        };
  const summary = readSummary(folder.summary);
  const health = judgeHealth(summary);
  const gated = header?.settings["HEALTH"]?.value === "gate";
  const code = exitCodeOf(exit.code, health, summary, gated);
  return {
    ...opening,
    ...seen,
    state: interrupted || endedEarly(exit, view, summary) ? "interrupted" : "finished",
    finishedAt: new Date().toISOString(),
    counts: countRequests(summary, view),
    health,
    exit: {
      code,
      reason:
        exit.killedBy === null ? exitReason(code) : `the engine was killed (${exit.killedBy})`,
    },
  };
}

/** An engine that crashes or is killed has sent requests and sums nothing up. */
function endedEarly(exit: EngineExit, view: LiveView, summary: RunSummary | undefined): boolean {
  return (
    exit.killedBy !== null ||
    exit.code === STOPPED_FROM_OUTSIDE ||
    (view.recorded > 0 && summary === undefined)
  );
}
