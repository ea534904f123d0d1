import type { ScenarioOf } from "../options/scenario-options.ts";
import { waitUntil } from "../wait.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { rampDuration, rampPeak, rampSteps } from "./ramp-steps.ts";
import { UserLoop } from "./user-loop.ts";

/** k6's ramping-vus: the number of users follows stages; a user too many may finish its iteration. */
export async function runRampingVus(
  options: ScenarioOf<"ramping-vus">,
  context: ExecutorContext,
): Promise<void> {
  const { scenario, stop } = context;
  const startedAt = performance.now();
  const totalMs = rampDuration(options);
  scenario.progress = () =>
    totalMs === 0 ? 1 : Math.min(1, (performance.now() - startedAt) / totalMs);
  const places = Array.from({ length: rampPeak(options) }, () => new Place(context));
  const cutAll = () => {
    for (const place of places) place.cut();
  };
  stop.addEventListener("abort", cutAll);
  for (const { atMs, users } of rampSteps(options)) {
    await waitUntil(startedAt + atMs, stop);
    if (stop.aborted) break;
    places.forEach((place, index) => {
      if (index < users) place.occupy();
      else place.vacate(options.gracefulRampDown);
    });
  }
  await waitUntil(startedAt + totalMs, stop);
  const cutTimer = setTimeout(cutAll, options.gracefulStop);
  for (const place of places) place.finish();
  await Promise.all(places.map((place) => place.whenEmpty));
  clearTimeout(cutTimer);
  stop.removeEventListener("abort", cutAll);
}

/** A place for one user, taken and left as the ramp goes up and down. */
class Place {
  readonly #context: ExecutorContext;
  #loop: UserLoop | null = null;
  #cutTimer: NodeJS.Timeout | null = null;
  whenEmpty: Promise<void> = Promise.resolve();

  constructor(context: ExecutorContext) {
    this.#context = context;
  }

  /** A user on its way out stays. */
  occupy(): void {
    this.#clearTimer();
    if (this.#loop !== null) {
      this.#loop.goOn();
      return;
    }
    const { pool, scenario } = this.#context;
    const loop = new UserLoop(pool, scenario, () => true);
    this.#loop = loop;
    this.whenEmpty = loop.run().finally(() => {
      this.#loop = null;
      this.#clearTimer();
    });
  }

  /** The user finishes its iteration. */
  finish(): void {
    this.#loop?.finish();
  }

  /** The user finishes its iteration; it is cut after that many milliseconds. */
  vacate(graceMs: number): void {
    if (this.#loop === null || this.#cutTimer !== null) return;
    this.finish();
    this.#cutTimer = setTimeout(() => this.cut(), graceMs);
  }

  cut(): void {
    this.#loop?.cut();
  }

  #clearTimer(): void {
    if (this.#cutTimer !== null) clearTimeout(this.#cutTimer);
    this.#cutTimer = null;
  }
}
