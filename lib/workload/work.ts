import type { LoadRun } from "./load-shape.ts";
import { inSeededOrder } from "./prompt-order.ts";
import type { Task } from "./task.ts";

/** What users ask, as a profile declares it. Like a load shape, it carries its own code. */
export interface Work {
  /**
   * Opens its data, once for all users.
   *
   * @throws UserError on a data set that is not there or is none
   */
  readonly open: (context: WorkContext) => WorkSource;
}

/** What a kind of work may use of the run. */
export interface WorkContext extends LoadRun {
  /** Output tokens to ask of the i-th request, whose own data says `own` (or nothing). */
  readonly outputTokens: (request: number, own: number | null) => number;
}

/** The task of the i-th request of the run; the same for all users and load generators. */
type WorkSource = (request: number) => SourcedTask;

export interface SourcedTask {
  readonly task: Omit<Task, "stream" | "exactLength">;
  /** Tasks of one group start with the same text on purpose; the number is the group's own. */
  readonly cacheGroup: number;
}

/** Items of the data set of a kind of work, once for all users: those of `DATASET`, where that is set. */
export function openSet<T>(
  { share, openFile, settings: { dataset } }: WorkContext,
  file: string,
  parse: (text: string, file: string) => T[],
): readonly T[] {
  const path = dataset ?? file;
  return share(path, () => parse(openFile(path), path));
}

/**
 * The item of a set that the i-th request of the run uses: each as often as any other, in an order that the seed gives.
 */
export function openInOrder<T>(
  context: WorkContext,
  file: string,
  parse: (text: string, file: string) => T[],
): (request: number) => T {
  const { seed } = context.settings;
  const set = openSet(context, file, (text, path) => inSeededOrder(parse(text, path), seed));
  return (request) => {
    const item = set[request % set.length];
    if (item === undefined) throw new RangeError(`nothing in ${file} for request ${request}`);
    return item;
  };
}
