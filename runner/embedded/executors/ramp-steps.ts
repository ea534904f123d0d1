/** From `atMs` after the scenario's start on, so many users. */
export interface RampStep {
  readonly atMs: number;
  readonly users: number;
}

export interface Ramp {
  readonly startVUs: number;
  readonly stages: readonly { readonly duration: number; readonly target: number }[];
}

/**
 * The moments at which a ramp's number of users changes, as k6 plans them: within a stage user after user at equal
 * distances, the target being reached at the stage's very end; a stage of 0 s is one jump.
 */
export function rampSteps({ startVUs, stages }: Ramp): RampStep[] {
  const steps: RampStep[] = [{ atMs: 0, users: startVUs }];
  let users = startVUs;
  let stageStart = 0;
  for (const { duration, target } of stages) {
    if (duration === 0 && target !== users) {
      steps.push({ atMs: stageStart, users: target });
    } else {
      const direction = Math.sign(target - users);
      const changes = Math.abs(target - users);
      for (let change = 1; change <= changes; change++) {
        steps.push({
          atMs: stageStart + (duration * change) / changes,
          users: users + direction * change,
        });
      }
    }
    users = target;
    stageStart += duration;
  }
  return steps;
}

export function rampDuration({ stages }: Ramp): number {
  return stages.reduce((sum, { duration }) => sum + duration, 0);
}

export function rampPeak({ startVUs, stages }: Ramp): number {
  return Math.max(startVUs, ...stages.map(({ target }) => target));
}
