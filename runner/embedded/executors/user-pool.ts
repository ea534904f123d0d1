import type { VirtualUser } from "../script/virtual-user.ts";

/** The initialized users of a run, handed out in the order in which they came back, as k6 does. */
export class UserPool {
  readonly #idle: VirtualUser[];
  readonly size: number;
  #active = 0;

  constructor(users: readonly VirtualUser[]) {
    this.#idle = [...users];
    this.size = users.length;
  }

  /** Users that a scenario has now. */
  get active(): number {
    return this.#active;
  }

  /** @throws Error where all are taken: the plan of a run counts wrong */
  take(): VirtualUser {
    const user = this.#idle.shift();
    if (user === undefined) throw new Error(`all ${this.size} users are taken`);
    this.#active += 1;
    return user;
  }

  giveBack(user: VirtualUser): void {
    this.#active -= 1;
    this.#idle.push(user);
  }
}
