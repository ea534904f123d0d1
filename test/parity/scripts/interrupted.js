// The test's harness interrupts when both users are in their second iteration, which would take until the end.
import { sleep } from "k6";

export const options = { vus: 2, duration: "30s", thresholds: { iterations: ["count>=0"] } };

export default async function () {
  console.log("iteration");
  await sleep(__ITER === 0 ? 0.5 : 30);
}

export function teardown() {
  console.log("teardown");
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify(metrics.iterations.values.count) };
}
