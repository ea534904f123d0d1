import { sleep } from "k6";

export const options = {
  scenarios: {
    each: {
      executor: "per-vu-iterations",
      vus: 2,
      iterations: 10,
      maxDuration: "1s",
      gracefulStop: "0s",
    },
    shared: {
      executor: "shared-iterations",
      vus: 2,
      iterations: 10,
      maxDuration: "1s",
      gracefulStop: "1s",
      startTime: "0.5s",
    },
  },
};

export default async function () {
  await sleep(0.4);
}

export function handleSummary({ metrics, state }) {
  const { iterations, dropped_iterations } = metrics;
  const tenths = Math.floor(state.testRunDurationMs / 500) / 2;
  return {
    stdout: JSON.stringify([iterations.values.count, dropped_iterations.values.count, tenths]),
  };
}
