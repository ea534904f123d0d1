// Two seconds an iteration; the test's harness interrupts in the middle of the second one.
import { sleep } from "k6";

export const options = { vus: 2, duration: "30s", thresholds: { iterations: ["count>=0"] } };

export default async function () {
  await sleep(2);
}

export function teardown() {
  console.log("teardown");
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify(metrics.iterations.values.count) };
}
