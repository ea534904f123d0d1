import { SharedArray } from "k6/data";
import exec from "k6/execution";
import { Counter } from "k6/metrics";

function attempt(act) {
  try {
    return String(act());
  } catch (error) {
    return String(error);
  }
}

const counter = new Counter("visits");
const shared = new SharedArray("words", () => [{ word: "one" }, { word: "two" }]);
const inInit = [
  attempt(() => exec.scenario.name),
  attempt(() => exec.vu.idInTest),
  attempt(() => exec.test.options),
  attempt(() => counter.add(1)),
  attempt(() => new Counter("1bad")),
  attempt(() => new Counter("visits") !== null),
  attempt(() => open("./not-there.txt").length).replace(/ (\/|[A-Z]:\\).*[\\/]/, " "),
];

export const options = { vus: 1, iterations: 1 };

export function setup() {
  console.log(
    "setup",
    __VU,
    exec.vu.idInTest,
    attempt(() => exec.scenario.name),
  );
}

export default function () {
  for (const line of inInit) console.log(line);
  console.log(attempt(() => new Counter("late")));
  console.log(attempt(() => open("x")).slice(0, 50));
  console.log(
    [1, "x", null, Number.NaN, true, -1].map((v) => attempt(() => counter.add(v))).join(),
  );
  console.log(attempt(() => counter.add(1, { tag: {} })));
  console.log(shared.length, shared[1].word, shared.map(({ word }) => word).join());
  console.log(
    attempt(() => {
      shared[0].word = "x";
      return shared[0].word;
    }).split(":")[0],
  );
  console.log(
    typeof exec.instance.currentTestRunDuration,
    exec.test.options.scenarios.default.executor,
  );
}

export function teardown() {
  console.log(
    "teardown",
    attempt(() => exec.instance.iterationsCompleted),
  );
}

export function handleSummary({ metrics }) {
  return { stdout: String(metrics.visits.values.count) };
}
