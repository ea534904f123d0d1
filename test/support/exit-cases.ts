import type { EngineCase } from "./engine-cases.ts";

function text(name: string, code: number, script: string, stderr?: RegExp): EngineCase {
  return { name, code, script: { text: script }, ...(stderr !== undefined && { stderr }) };
}

const QUIET = 'export function handleSummary() { return { stdout: "" }; }';
const ONCE = "export const options = { vus: 1, iterations: 1 };";

/** One-line scripts and how k6 ends with them: its exit code and what its log says. */
export const EXIT_CASES: readonly EngineCase[] = [
  text(
    "an iteration that throws is logged and counts",
    0,
    `${ONCE} ${QUIET} export default function () { throw new Error("boom"); }`,
    /^Error: boom\n\tat /,
  ),
  text(
    "an iteration that rejects is logged as uncaught",
    0,
    `${ONCE} ${QUIET} export default async function () { throw new Error("boom"); }`,
    /^Uncaught \(in promise\) Error: boom\n/,
  ),
  text(
    "a setup that throws ends the run",
    107,
    `${ONCE} ${QUIET} export function setup() { throw new Error("boom"); } export default function () {}`,
    /^Error: boom\n\tat setup /,
  ),
  text(
    "a setup that rejects has another code",
    255,
    `${ONCE} ${QUIET} export async function setup() { throw new Error("boom"); } export default function () {}`,
    /Error: boom\n/,
  ),
  text(
    "a setup has its time",
    100,
    `import { sleep } from "k6"; export const options = { vus: 1, iterations: 1, setupTimeout: "1s" }; ${QUIET} export async function setup() { await sleep(5); } export default function () {}`,
    /setup\(\) execution timed out after 1 seconds/,
  ),
  text(
    "a teardown that throws fails the run",
    107,
    `${ONCE} ${QUIET} export default function () {} export function teardown() { throw new Error("boom"); }`,
    /^Error: boom\n\tat teardown /,
  ),
  text(
    "a summary that throws does not",
    0,
    `${ONCE} export default function () {} export function handleSummary() { throw new Error("boom"); }`,
    /^Error: boom\n\tat handleSummary /,
  ),
  text(
    "a script that throws while it is loaded",
    107,
    "throw new TypeError('nah'); export default function () {}",
    /^TypeError: nah\n/,
  ),
  text("a script that is no JavaScript", 107, "export default function () { let }"),
  text(
    "a script that aborts in setup",
    108,
    `import exec from "k6/execution"; ${ONCE} ${QUIET} export async function setup() { exec.test.abort("why"); } export default function () {}`,
    /^test aborted: why\n$/,
  ),
  text(
    "a script that aborts in an iteration",
    108,
    `import exec from "k6/execution"; ${ONCE} ${QUIET} export default function () { exec.test.abort("why"); }`,
    /^test aborted: why/,
  ),
  text(
    "a script that marks the run as failed",
    110,
    `import exec from "k6/execution"; ${ONCE} ${QUIET} export default function () { exec.test.fail("why"); }`,
    /^test marked as failed: why\ntest run was marked as failed\n$/,
  ),
  text(
    "a breached threshold",
    99,
    `export const options = { vus: 1, iterations: 1, thresholds: { iterations: ["count>5"] } }; ${QUIET} export default function () {}`,
    /^thresholds on metrics 'iterations' have been crossed\n$/,
  ),
  text(
    "a threshold on nothing holds",
    0,
    `import { Trend, Rate } from "k6/metrics"; new Trend("none"); new Rate("never"); export const options = { vus: 1, iterations: 1, thresholds: { none: ["p(95)<1"], never: ["rate>0.5"] } }; ${QUIET} export default function () {}`,
    /^$/,
  ),
  text(
    "a threshold on an unknown metric",
    104,
    `export const options = { thresholds: { nope: ["count<1"] } }; export default function () {}`,
    /no metric name "nope" found/,
  ),
  text(
    "a threshold with an unknown aggregation",
    104,
    `export const options = { thresholds: { iterations: ["foo<1"] } }; export default function () {}`,
    /foo<1/,
  ),
  text(
    "a threshold with another type's aggregation",
    104,
    `export const options = { thresholds: { iterations: ["p(95)<1"] } }; export default function () {}`,
    /p\(95\)<1.*count, rate/,
  ),
  text(
    "an unknown executor",
    104,
    `export const options = { scenarios: { a: { executor: "warp" } } }; export default function () {}`,
    /warp/,
  ),
  text(
    "an unknown field of a scenario",
    104,
    `export const options = { scenarios: { a: { executor: "constant-vus", duration: "1s", wat: 1 } } }; export default function () {}`,
    /wat/,
  ),
  text(
    "a scenario without users",
    104,
    `export const options = { scenarios: { a: { executor: "constant-vus", vus: 0, duration: "1s" } } }; export default function () {}`,
    /scenario.*a\b/,
  ),
  text(
    "a scenario that is too short",
    104,
    `export const options = { scenarios: { a: { executor: "constant-vus", duration: "500ms" } } }; export default function () {}`,
    /at least 1s/,
  ),
  text(
    "a scenario whose function is not there",
    104,
    `export const options = { scenarios: { a: { executor: "constant-vus", duration: "1s", exec: "nope" } } }; export default function () {}`,
    /executor a: function 'nope' not found in exports/,
  ),
  text(
    "no function at all",
    104,
    `${ONCE} export function other() {}`,
    /executor default: function 'default' not found in exports/,
  ),
  text(
    "two ways to say how much",
    104,
    `export const options = { duration: "1s", stages: [{ duration: "1s", target: 1 }] }; export default function () {}`,
    /`duration` and `stages`/,
  ),
  text(
    "an option that nobody knows",
    0,
    `export const options = { vus: 1, iterations: 1, wat: 3 }; ${QUIET} export default function () {}`,
  ),
  text(
    "a promise that nobody handles is logged, and the iteration goes on",
    0,
    `import { sleep } from "k6"; ${ONCE} ${QUIET} export default async function () { Promise.reject(new Error("lost")); await sleep(0.01); }`,
    /^Uncaught \(in promise\) Error: lost\n/,
  ),
];
