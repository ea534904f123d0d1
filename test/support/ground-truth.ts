import { afterEach } from "vitest";
import type { GroundTruthRequest } from "../../model-server/ground-truth/served-answer.ts";
import {
  type GroundTruthOptions,
  type GroundTruthServer,
  startGroundTruth,
} from "../../model-server/ground-truth/start-ground-truth.ts";

interface GroundTruth {
  /** What the server of the running test has served so far. */
  readonly served: readonly GroundTruthRequest[];
  /** Starts it on a free port; gives its URL. */
  readonly serve: (options?: Partial<GroundTruthOptions>) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A ground-truth server for each test that starts one, closed after it; to be called once in a file or a `describe`. */
export function useGroundTruth(
  timing: Pick<GroundTruthOptions, "ttftMs" | "gapMs" | "tokens">,
): GroundTruth {
  const served: GroundTruthRequest[] = [];
  let server: GroundTruthServer | undefined;
  const close = async () => {
    await server?.close();
    server = undefined;
  };
  afterEach(async () => {
    await close();
    served.length = 0;
  });
  return {
    served,
    close,
    serve: async (options = {}) => {
      server = await startGroundTruth({
        ...{ port: 0, ...timing },
        onRequestEnd: (request) => served.push(request),
        ...options,
      });
      return server.url;
    },
  };
}
