import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildEmbeddedEngine, type EmbeddedEngine } from "../support/embedded-engine.ts";
import { HAS_SIGNALS } from "../support/has-signals.ts";
import type { RunOptions } from "../support/script-run.ts";
import { TemporaryProject } from "../support/temporary-project.ts";

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await buildEmbeddedEngine();
});

afterAll(() => {
  engine.remove();
});

async function runText(
  text: string,
  settings: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
) {
  using folder = new TemporaryProject().write("script.js", text);
  return await engine.run(join(folder.root, "script.js"), settings, options);
}

/** Answers each connection's first bytes with an event stream, as told. */
async function streamServer(write: (send: (text: string) => void, end: () => void) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
      );
      write(
        (text) => socket.write(text),
        () => socket.end(),
      );
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const OPTIONS = "export const options = { vus: 1, iterations: 1 };";
const QUIET = 'export function handleSummary() { return { stdout: "" }; }';

describe("time", () => {
  test("an event has the moment of its socket read, however long handlers take", async () => {
    const server = await streamServer((send, end) => {
      send("data: 1\n\ndata: 2\n\ndata: 3\n\n");
      setTimeout(() => send("data: 4\n\n"), 60);
      setTimeout(end, 250);
    });
    const run = await runText(
      `import sse from "k6/x/sse"; import exec from "k6/execution"; ${OPTIONS} ${QUIET}
       export default async function () {
         const times = [];
         await sse.open("${server.url}/", {}, (client) => client.on("event", () => {
           times.push(exec.instance.currentTestRunDuration);
           const begun = Date.now();
           while (Date.now() - begun < 30);
         }));
         console.log(JSON.stringify([...times, exec.instance.currentTestRunDuration]));
       }`,
    );
    server.close();
    const [a = 0, b = 0, c = 0, d = 0, after = 0] = JSON.parse(run.consoleLines[0] ?? "[]");
    expect([b, c]).toEqual([a, a]);
    // The handlers kept the thread for 90 ms: that is when the fourth was read.
    expect(d).toBeGreaterThanOrEqual(a + 85);
    expect(after).toBeGreaterThan(d + 29);
  });

  test("a sleep is never short", async () => {
    const run = await runText(
      `import { sleep } from "k6"; import exec from "k6/execution"; ${OPTIONS} ${QUIET}
       export default async function () {
         const { instance } = exec;
         for (let i = 0; i < 50; i++) {
           const begun = instance.currentTestRunDuration;
           await sleep(0.01);
           console.log(instance.currentTestRunDuration - begun);
         }
       }`,
    );
    expect(run.consoleLines).toHaveLength(50);
    expect(Math.min(...run.consoleLines.map(Number))).toBeGreaterThanOrEqual(10);
  });
});

describe("a script that takes a promise for its result", () => {
  test.each([
    ["sleep()", "sleep(0.01);"],
    ["http.get()", 'http.get("http://127.0.0.1:1/").status.toFixed();'],
    ["http.get()", 'http.get("http://127.0.0.1:1/"); sleep(1);'],
    ["sse.open()", 'sse.open("http://127.0.0.1:1/", {}, () => {}).status;'],
  ])("%s without await is told so, and the run ends", async (call, body) => {
    const run = await runText(
      `import { sleep } from "k6"; import http from "k6/http"; import sse from "k6/x/sse";
       export const options = { vus: 3, duration: "20s" }; ${QUIET}
       export default function () { ${body} }`,
    );
    expect(run.code).toBe(107);
    expect(run.stderr).toContain(`the script did not await ${call}`);
  });

  test("and one that awaits in another function is not", async () => {
    const run = await runText(
      `import { sleep } from "k6"; ${OPTIONS} ${QUIET}
       const rest = async () => { await sleep(0.01); await sleep(0.01); };
       export default async function () { await rest(); await null; await rest(); }`,
    );
    expect([run.code, run.stderr]).toEqual([0, ""]);
  });
});

test("a module that is not there is named, with those that are", async () => {
  const run = await runText(
    `import ws from "k6/ws"; ${OPTIONS} export default function () { ws; }`,
  );
  expect(run.code).toBe(107);
  expect(run.stderr).toMatch(/no module "k6\/ws"; it has k6, k6\/execution/);
});

test("what Node has and k6 has not is not there", async () => {
  const run = await runText(
    `${OPTIONS} ${QUIET} export default function () {
       console.log([typeof process, typeof Buffer, typeof fetch, typeof performance, typeof URL].join());
     }`,
  );
  expect(run.consoleLines).toEqual(["undefined,undefined,undefined,undefined,undefined"]);
});

test("a kill loses the last moments only, and cuts no line", async () => {
  using folder = new TemporaryProject().write(
    "script.js",
    `import { sleep } from "k6"; export const options = { vus: 20, duration: "60s" };
     export default async function () { console.log(JSON.stringify({ at: Date.now(), fill: "x".repeat(2000) })); await sleep(0.001); }`,
  );
  const consoleFile = join(folder.root, "console");
  const child = spawn(process.execPath, [
    engine.program,
    join(folder.root, "script.js"),
    consoleFile,
  ]);
  const written = () => statSync(consoleFile, { throwIfNoEntry: false })?.size ?? 0;
  await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(1_000_000);
  const killedAt = Date.now();
  child.kill("SIGKILL");
  await new Promise((gone) => child.on("close", gone));
  const text = readFileSync(consoleFile, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  const moments = text
    .trimEnd()
    .split("\n")
    .map((line) => Number(JSON.parse(line).at));
  expect(moments.length).toBeGreaterThan(100);
  expect(killedAt - Math.max(...moments)).toBeLessThan(500);
});

test.skipIf(!HAS_SIGNALS)("a second interrupt ends the run at once", async () => {
  const { code, consoleLines } = await runText(
    `import { sleep } from "k6"; ${OPTIONS}
     export default async function () { console.log("running"); await sleep(60); }
     export async function teardown() { console.log("teardown"); await sleep(60); }`,
    {},
    { interruptAfterLines: [1, 2] },
  );
  expect(code).toBe(105);
  expect(consoleLines).toEqual(["running", "teardown"]);
});
