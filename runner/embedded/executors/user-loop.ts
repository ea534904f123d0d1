import { setImmediate as nextTurn } from "node:timers/promises";
import type { VirtualUser } from "../script/virtual-user.ts";
import type { ScenarioState } from "./scenario-state.ts";
import type { UserPool } from "./user-pool.ts";

/** One user of a scenario that iterates until it is told to stop or has no iteration left. */
export class UserLoop {
  readonly #pool: UserPool;
  readonly #scenario: ScenarioState;
  readonly #takeIteration: () => boolean;
  #user: VirtualUser | null = null;
  #mayGoOn = true;

  /** @param takeIteration whether there is another iteration to do; called once before each */
  constructor(pool: UserPool, scenario: ScenarioState, takeIteration: () => boolean) {
    this.#pool = pool;
    this.#scenario = scenario;
    this.#takeIteration = takeIteration;
  }

  /** Settles when the last iteration is over and the user is back in the pool. */
  async run(): Promise<void> {
    const user = this.#pool.take();
    this.#user = user;
    user.activate(this.#scenario);
    // All that start at one moment are there before the first of them does anything.
    await nextTurn();
    while (this.#mayGoOn && this.#takeIteration()) {
      await user.iterate(this.#scenario);
      // An iteration that waits for nothing must not keep the others from theirs.
      await nextTurn();
    }
    this.#user = null;
    this.#pool.giveBack(user);
  }

  /** Finish the iteration under way and start no other. */
  finish(): void {
    this.#mayGoOn = false;
  }

  /** Take back `finish`, where the loop still runs. */
  goOn(): void {
    this.#mayGoOn = true;
  }

  /** Cut the iteration under way. */
  cut(): void {
    this.finish();
    this.#user?.interrupt();
  }
}
