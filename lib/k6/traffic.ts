import { SharedArray } from "k6/data";
import type { Random } from "../core/random.ts";
import type { Settings } from "../core/settings.ts";
import { cacheBustMarker } from "../workload/cache-bust.ts";
import { indexedRandom } from "../workload/indexed-random.ts";
import type { Share } from "../workload/load-shape.ts";
import { createStreamChoice } from "../workload/stream-choice.ts";
import { type Task, withMarker } from "../workload/task.ts";
import type { Work } from "../workload/work.ts";
import type { OpenFile } from "./open-file.ts";

/** What users ask, and how much they want to hear. */
interface Traffic {
  readonly work: Work;
  readonly output: {
    /** Output tokens asked of each request whose prompt does not say: a number, or a draw of its own for each. */
    readonly tokens: number | ((random: Random) => number);
    /** Whether answers go on to just that length, where the server can be told to (default true). */
    readonly exactly?: boolean;
  };
}

/** One of several kinds of traffic that a profile mixes. */
interface TrafficStream extends Traffic {
  /** Tag of its metrics and name in its records. */
  readonly name: string;
  /** Share of the requests, relative to the other streams'. */
  readonly weight: number;
}

/** A profile's traffic: of one kind, or a mix of several. */
export type ProfileTraffic = Traffic | { readonly streams: readonly TrafficStream[] };

/** Names of the streams of a mix; none where there is only one kind of traffic. */
export function streamNames(traffic: ProfileTraffic): readonly string[] {
  return "streams" in traffic ? traffic.streams.map(({ name }) => name) : [];
}

export const share: Share = (name, make) => new SharedArray(name, make);

/**
 * What the user of the i-th request of the run does.
 *
 * @param cacheBust whether each task starts with a marker that makes it unique to the server's prefix cache
 */
export function createTaskSource(
  traffic: ProfileTraffic,
  settings: Settings,
  openFile: OpenFile,
  cacheBust: boolean,
): (request: number, runId: string) => Task {
  const { seed, maxTokens } = settings;
  const streams = "streams" in traffic ? traffic.streams : [{ ...traffic, name: null, weight: 1 }];
  const sources = streams.map(({ name, work, output }) => ({
    stream: name,
    exactLength: output.exactly ?? true,
    taskOf: work.open({
      settings,
      share,
      openFile,
      // MAX_TOKENS goes over what a prompt says, and that over what the profile says.
      outputTokens: (request, own) => maxTokens ?? own ?? drawn(output.tokens, seed, request),
    }),
  }));
  const choose = createStreamChoice(
    streams.map(({ weight }) => weight),
    seed,
  );
  return (request, runId) => {
    const source = sources[choose(request)];
    if (source === undefined) throw new RangeError(`no stream for request ${request}`);
    const { stream, exactLength } = source;
    const { task, cacheGroup } = source.taskOf(request);
    const marker = cacheBust ? cacheBustMarker(`${runId}/${seed}`, cacheGroup) : "";
    return withMarker({ ...task, stream, exactLength }, marker);
  };
}

const OF_OUTPUTS = 0x68bc21eb;

function drawn(tokens: Traffic["output"]["tokens"], seed: number, request: number): number {
  return typeof tokens === "number" ? tokens : tokens(indexedRandom(seed, request, OF_OUTPUTS));
}
