// One user, from 1.3 s on three, from 2.6 s on one. GRACE is how long the two may go on.
import { sleep } from "k6";
import exec from "k6/execution";

export const options = {
  scenarios: {
    load: {
      executor: "ramping-vus",
      exec: "visit",
      startVUs: 1,
      stages: [
        { duration: "1.3s", target: 1 },
        { duration: "0s", target: 3 },
        { duration: "1.3s", target: 3 },
        { duration: "0s", target: 1 },
        { duration: "1.3s", target: 1 },
      ],
      gracefulRampDown: __ENV.GRACE,
      gracefulStop: "2s",
    },
  },
};

export async function visit() {
  const { vu, instance } = exec;
  if (vu.idInTest && vu.iterationInScenario === 4) console.log(instance.iterationsInterrupted);
  await sleep(0.8);
}

export function handleSummary({ metrics }) {
  const { iterations, vus, vus_max } = metrics;
  return { stdout: JSON.stringify([iterations.values.count, vus.values.max, vus_max.values]) };
}
