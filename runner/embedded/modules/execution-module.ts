import { EndOfRun, EXIT } from "../end-of-run.ts";
import type { VirtualUser } from "../script/virtual-user.ts";

/** What `exec.test.abort` throws to end the call that it is in. */
export class TestAborted extends EndOfRun {
  constructor(message: string) {
    super(EXIT.scriptAborted, message);
  }
}

/** `k6/execution`: who is calling, in which scenario, and how far the test is. */
export function createExecutionModule(user: VirtualUser) {
  const { run } = user;

  function scenario() {
    if (user.scenario === null) {
      throw new Error("getting scenario information outside of the VU context is not supported");
    }
    return user.scenario;
  }

  return {
    scenario: {
      get name() {
        return scenario().name;
      },
      get executor() {
        return scenario().options.executor;
      },
      get startTime() {
        return scenario().startedAtEpochMs;
      },
      get progress() {
        return scenario().progress();
      },
      get iterationInInstance() {
        scenario();
        return user.iterationInScenarioOfInstance;
      },
      get iterationInTest() {
        scenario();
        return user.iterationInScenarioOfInstance;
      },
    },
    instance: {
      get currentTestRunDuration() {
        if (!run.clock.isStarted) {
          throw new Error("getting instance information in the init context is not supported");
        }
        return run.clock.nowMs();
      },
      get iterationsCompleted() {
        return run.counters.iterationsCompleted;
      },
      get iterationsInterrupted() {
        return run.counters.iterationsInterrupted;
      },
      get vusActive() {
        return run.pool?.active ?? 0;
      },
      get vusInitialized() {
        return run.pool?.size ?? 0;
      },
    },
    test: {
      abort(reason?: unknown): never {
        const message = reason === undefined ? "test aborted" : `test aborted: ${String(reason)}`;
        const abort = new TestAborted(message);
        run.abort(abort);
        throw abort;
      },
      fail() {
        run.isMarkedFailed = true;
      },
      get options() {
        if (!user.isInitialized) {
          throw new Error("getting test options in the init context is not supported");
        }
        return run.consolidatedOptions;
      },
    },
    vu: {
      get iterationInInstance() {
        return user.iteration;
      },
      get iterationInScenario() {
        return user.iterationInScenario;
      },
      idInInstance: user.id,
      idInTest: user.id,
      get tags() {
        return user.tags;
      },
      metrics: {
        get tags() {
          return user.tags;
        },
        get metadata() {
          return user.metadata;
        },
      },
    },
  };
}
