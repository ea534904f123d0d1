import { EndOfRun, EXIT } from "../end-of-run.ts";
import { HostError } from "../script/host-error.ts";
import type { VirtualUser } from "../script/virtual-user.ts";

/** What `exec.test.abort` throws to end the call that it is in. */
class TestAborted extends EndOfRun {
  constructor(message: string) {
    super(EXIT.scriptAborted, message);
  }
}

/** `k6/execution`: who is calling, in which scenario, and how far the test is. */
export function createExecutionModule(user: VirtualUser) {
  const { run } = user;

  function scenario() {
    if (user.scenario === null) {
      throw new HostError(
        "getting scenario information outside of the VU context is not supported",
      );
    }
    return user.scenario;
  }

  function instance() {
    if (!run.clock.isStarted || !user.seesInstance) {
      throw new HostError("getting instance information in the init context is not supported");
    }
    return run;
  }

  function userId() {
    if (!user.isInitialized) {
      throw new HostError("getting VU information in the init context is not supported");
    }
    return user.id;
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
        return instance().clock.nowMs();
      },
      get iterationsCompleted() {
        return instance().counters.iterationsCompleted;
      },
      get iterationsInterrupted() {
        return instance().counters.iterationsInterrupted;
      },
      get vusActive() {
        return instance().pool?.active ?? 0;
      },
      get vusInitialized() {
        return instance().pool?.size ?? 0;
      },
    },
    test: {
      abort(reason?: unknown): never {
        const message = reason === undefined ? "test aborted" : `test aborted: ${String(reason)}`;
        const abort = new TestAborted(message);
        // Before the run interrupts everybody: this iteration counts, as on k6.
        user.call?.fail(abort);
        run.abort(abort);
        throw abort;
      },
      fail(reason?: unknown) {
        run.log(
          "error",
          reason === undefined
            ? "test marked as failed"
            : `test marked as failed: ${String(reason)}`,
        );
        run.isMarkedFailed = true;
      },
      get options() {
        if (!user.isInitialized) {
          throw new HostError("getting test options in the init context is not supported");
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
      get idInInstance() {
        return userId();
      },
      get idInTest() {
        return userId();
      },
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
