import { sleep } from "k6";
import { Rate } from "k6/metrics";

const bad = new Rate("bad");

export const options = {
  vus: 2,
  duration: "20s",
  thresholds: { bad: [{ threshold: "rate<0.5", abortOnFail: true, delayAbortEval: "3s" }] },
};

export default async function () {
  bad.add(true);
  await sleep(0.2);
}

export function teardown() {
  console.log("teardown");
}

/** Thresholds are judged every two seconds: the first one after the delay is at 4 s. */
export function handleSummary({ metrics, state }) {
  const seconds = Math.round(state.testRunDurationMs / 1000);
  return { stdout: JSON.stringify([seconds, metrics.bad.thresholds]) };
}
