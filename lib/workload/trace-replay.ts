import { settingParsers } from "../core/setting-parsers.ts";
import { createArrivalSchedule, type RateWindow } from "./arrival-schedule.ts";
import { declaredMs } from "./declared-time.ts";
import { edgeMs, type LoadRun, type LoadShape, loadValue } from "./load-shape.ts";
import { promptTask } from "./prompts.ts";
import { wordsOf } from "./synthetic-prompt.ts";
import { tracePrompt } from "./trace-prompt.ts";
import { parseTrace } from "./traces/parse-trace.ts";
import { loop, sampleShare, speedUp } from "./traces/replay-trace.ts";
import type { TraceRequest } from "./traces/trace-request.ts";
import type { Work } from "./work.ts";

/** How a recorded trace is replayed. Times as k6 writes them (`60s`). */
export interface TraceReplay {
  /** Mooncake JSONL, Azure's LLM inference CSV or BurstGPT CSV, relative to the scenario. */
  readonly trace: string;
  /** A text whose words the prompts are made of: traces hold none. */
  readonly text: string;
  /** How much of the trace is replayed, warm-up apart. */
  readonly length: string;
  readonly warmUp: string;
  /** How many times faster than recorded (default 1). */
  readonly speedUp?: number;
  /** Share of the requests that is kept (default 1). */
  readonly sample?: number;
  /** Whether a trace that is over begins again (default true). */
  readonly loop?: boolean;
  readonly maxVus: number;
}

/**
 * The load and the work of a recorded trace: requests come when they came, as long as they were, with the prefixes they
 * shared where the trace tells. A length of n tokens becomes n words, since a bundle has no tokenizer.
 */
export function traceReplay(replay: TraceReplay): {
  readonly load: LoadShape;
  readonly work: Work;
} {
  const { count, duration, epochMs, factor, filePath, onOff, share } = settingParsers();
  return {
    load: {
      settings: {
        load: {
          VUS: count,
          DURATION: duration,
          START_AT: epochMs,
          TRACE: filePath,
          TRACE_SPEEDUP: factor,
          TRACE_SAMPLE: share,
          TRACE_LOOP: onOff,
        },
        defaults: {
          VUS: String(replay.maxVus),
          DURATION: replay.length,
          TRACE_SPEEDUP: String(replay.speedUp ?? 1),
          TRACE_SAMPLE: String(replay.sample ?? 1),
          TRACE_LOOP: (replay.loop ?? true) ? "on" : "off",
        },
      },
      gate: "all",
      schedule: (run) => {
        const { warmUpMs, steadyMs } = spansOf(replay, run);
        const requests = requestsOf(replay, run);
        const rate = (requests.length * 1000) / (warmUpMs + steadyMs);
        const window = { requestsPerSecond: Number(rate.toPrecision(3)) };
        const windows: readonly RateWindow[] = [
          { phase: "warmup", durationMs: warmUpMs, ...window },
          { phase: "steady", durationMs: steadyMs, ...window },
        ];
        const maxVus = loadValue(run, "VUS", count) ?? replay.maxVus;
        return createArrivalSchedule(run, windows, maxVus, () => requests.map(({ atMs }) => atMs));
      },
    },
    work: {
      open: (context) => {
        const requests = requestsOf(replay, context);
        const words = context.share(replay.text, () => wordsOf(context.openFile(replay.text)));
        return (request) => {
          const traced = requests[request % requests.length];
          if (traced === undefined) throw new RangeError(`no request ${request} in the trace`);
          const prompt = tracePrompt(words, traced, context.settings.seed, request);
          const task = promptTask(prompt, context.outputTokens(request, prompt.outputTokens));
          return { task, cacheGroup: traced.prefixIds === null ? request : 0 };
        };
      },
    },
  };
}

/** The requests of the replay at their times of it, once for all users. */
function requestsOf(replay: TraceReplay, run: LoadRun): readonly TraceRequest[] {
  return run.share("trace", () => {
    const { factor, filePath, onOff, share } = settingParsers();
    const file = loadValue(run, "TRACE", filePath) ?? replay.trace;
    const { requests } = parseTrace(run.openFile(file), file);
    const { warmUpMs, steadyMs } = spansOf(replay, run);
    const kept = sampleShare(
      requests,
      loadValue(run, "TRACE_SAMPLE", share) ?? 1,
      run.settings.seed,
    );
    const fast = speedUp(kept, loadValue(run, "TRACE_SPEEDUP", factor) ?? 1);
    const endMs = warmUpMs + steadyMs;
    return loadValue(run, "TRACE_LOOP", onOff)
      ? loop(fast, endMs)
      : fast.filter(({ atMs }) => atMs < endMs);
  });
}

function spansOf(replay: TraceReplay, run: LoadRun) {
  const { duration } = settingParsers();
  const steadyMs = loadValue(run, "DURATION", duration) ?? declaredMs(replay.length);
  return { steadyMs, warmUpMs: edgeMs(declaredMs(replay.warmUp), steadyMs) };
}
