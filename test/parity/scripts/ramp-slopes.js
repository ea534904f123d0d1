// How many users there are while the number rises and falls by slopes.
import { sleep } from "k6";
import exec from "k6/execution";

export const options = {
  scenarios: {
    load: {
      executor: "ramping-vus",
      startVUs: 0,
      stages: [
        { duration: "2s", target: 4 },
        { duration: "2s", target: 0 },
      ],
      gracefulRampDown: "0s",
    },
    probe: { executor: "per-vu-iterations", exec: "probe", vus: 1, iterations: 1 },
  },
};

export default async function () {
  await sleep(10);
}

export async function probe() {
  const seen = [];
  // 0.5 s a user: in the middle between two steps.
  for (let i = 0; i < 8; i++) {
    const { startTime } = exec.scenario;
    await sleep((startTime + 250 + i * 500 - Date.now()) / 1000);
    seen.push(exec.instance.vusActive - 1);
  }
  console.log(seen.join(" "));
}

export function handleSummary() {
  return { stdout: "" };
}
