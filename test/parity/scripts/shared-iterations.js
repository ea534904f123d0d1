import { sleep } from "k6";
import exec from "k6/execution";

export const options = {
  tags: { everywhere: "yes" },
  scenarios: {
    load: {
      executor: "shared-iterations",
      exec: "take",
      vus: 2,
      iterations: 5,
      env: { WHO: "scenario" },
      tags: { kind: "shared" },
    },
  },
  thresholds: {
    "iterations{kind:shared}": ["count==5"],
    "iterations{everywhere:yes}": ["count==5"],
    "iterations{kind:other}": ["count==0"],
  },
};

export function setup() {
  return { word: "data", absent: undefined };
}

export async function take(data) {
  console.log(
    `${exec.scenario.iterationInTest} ${exec.scenario.iterationInInstance} ${__ENV.WHO} ${exec.vu.tags.kind} ${data.absent} ${data.word}`,
  );
  await sleep(0.05);
}

export function handleSummary({ metrics, setup_data }) {
  const counts = Object.keys(metrics)
    .filter((name) => name.startsWith("iterations"))
    .sort()
    .map((name) => `${name}=${metrics[name].values.count}`);
  return { stdout: JSON.stringify({ counts, setup_data }) };
}
