import { sleep } from "k6";
import exec from "k6/execution";

export const options = {
  scenarios: {
    load: {
      executor: "per-vu-iterations",
      vus: 3,
      iterations: 2,
      exec: "visit",
      gracefulStop: "1s",
    },
  },
};

export async function visit() {
  const { vu, scenario, instance } = exec;
  console.log(
    JSON.stringify({
      user: [__VU, vu.idInTest, vu.idInInstance],
      iteration: [__ITER, vu.iterationInInstance, vu.iterationInScenario],
      scenario: [scenario.name, scenario.executor],
      tags: [vu.tags.scenario, vu.metrics.tags.group],
      users: [instance.vusActive, instance.vusInitialized],
      started: Math.abs(Date.now() - scenario.startTime) < 2000,
    }),
  );
  await sleep(0.2);
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify(metrics.iterations.values.count) };
}
