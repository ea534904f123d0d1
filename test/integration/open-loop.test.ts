import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { useGroundTruth } from "../support/ground-truth.ts";
import { measure } from "../support/measured-run.ts";
import { TemporaryProject } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

const { served, serve } = useGroundTruth({ ttftMs: 40, gapMs: 10, tokens: 8 });

const QUICK = { RATE: "40", DURATION: "1s", MAX_TOKENS: "8", SLA: "none" };

/** A scenario of its own in a copy of the profiles. */
function projectWith(scenario: string): { project: TemporaryProject; path: string } {
  const project = new TemporaryProject()
    .copy("lib", "scenarios", "thresholds", "data")
    .write("scenarios/planted.ts", scenario);
  return { project, path: join(project.root, "scenarios", "planted.ts") };
}

describe("more than the server can do", () => {
  // In 1.5 s, 2 users with requests of 110 ms can send 28 of 120.
  const OVERLOAD = { ...QUICK, VUS: "2", RATE: "80", SEED: "5" };
  /** The Poisson profile without its heartbeat: how late a busy machine is must not judge this run. */
  const NO_HEARTBEAT = `
    import * as profile from "./chat-poisson.ts";
    export const { setup, run, handleSummary } = profile;
    const { load } = profile.options.scenarios;
    export const options = { ...profile.options, scenarios: { load } };`;

  test("ends as saturated, not as invalid, and accounts for every request of the schedule", async () => {
    const { project, path } = projectWith(NO_HEARTBEAT);
    using folder = project;
    const settings = { ...OVERLOAD, BASE_URL: await serve() };
    const { code, run, records, figure } = await measure(folder.root, path, settings);
    expect(run.health).toMatchObject({
      verdict: "saturated",
      reason: expect.stringMatching(
        /^requests never sent: \d+, must be below 1: the rate is not held: /,
      ),
    });
    // Unsent requests are failures: a breach, and no invalid run.
    expect(code).toBe(99);

    const unsent = records.filter(({ outcome }) => outcome === "unsent");
    const sent = records.filter(({ outcome }) => outcome !== "unsent");
    expect(unsent.length).toBeGreaterThan(20);
    expect(sent.map(({ id }) => id).sort()).toEqual(served.map(({ id }) => id).sort());
    expect(run.counts).toEqual({
      ...{ started: served.length, recorded: sent.length },
      ...{ interrupted: 0, unsent: unsent.length },
    });
    const planned = run.plan?.windows.reduce((sum, { arrivals }) => sum + (arrivals ?? 0), 0);
    expect(records).toHaveLength(planned ?? 0);
    expect(figure("llm_requests{phase:steady,outcome:unsent}", "count")).toBe(
      unsent.filter(({ phase }) => phase === "steady").length,
    );
    for (const { status, readyMs, good } of unsent) {
      expect({ status, good }).toEqual({ status: null, good: false });
      expect(readyMs).toBeGreaterThanOrEqual(run.plan?.windows.at(-1)?.endMs ?? Infinity);
    }
    // Nobody is sent before the time, and what was late waited for a user.
    for (const { scheduledMs, sentMs } of sent) expect(sentMs).toBeGreaterThanOrEqual(scheduledMs);

    const plan = await tradeoff(folder.root, [
      ...["run", "chat-poisson", "--dry-run", "--json"],
      ...Object.entries(OVERLOAD).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    ]);
    const scheduledMs = records.map((record) => record.scheduledMs).sort((a, b) => a - b);
    expect(JSON.parse(plan.stdout)).toMatchObject({ plan: run.plan, arrivalsMs: scheduledMs });
  });
});

describe("a client that starves", () => {
  /** The Poisson profile beside a user who computes three quarters of the time. */
  const BUSY = `
    import { sleep } from "k6";
    import * as profile from "./chat-poisson.ts";
    export const { setup, run, heartbeat, handleSummary } = profile;
    const busy = { executor: "constant-vus", exec: "burn", vus: 1, duration: "2s" };
    const scenarios = { ...profile.options.scenarios, busy };
    export const options = { ...profile.options, scenarios };
    export async function burn() {
      const until = Date.now() + 30;
      while (Date.now() < until);
      await sleep(0.01);
    }`;

  test.each([
    ["is no result", "gate", 95],
    ["is only told with HEALTH=report", "report", 0],
  ])("%s", async (_, HEALTH, code) => {
    const { project, path } = projectWith(BUSY);
    using folder = project;
    const settings = { ...QUICK, HEALTH, BASE_URL: await serve() };
    const measured = await measure(folder.root, path, settings);
    expect(measured.run.health).toMatchObject({
      verdict: "client-limited",
      reason: expect.stringMatching(
        /^client's oversleep, p99: .*: the load generator was late itself: /,
      ),
    });
    expect(measured.code).toBe(code);
    expect(measured.run.exit?.code).toBe(code);
  });
});

describe("retries", () => {
  const STEADY = { ...QUICK, HEALTH: "report", BACKOFF: "20ms" };

  test("are off unless asked for", async () => {
    using folder = new TemporaryProject();
    const BASE_URL = await serve({ faultOf: (n) => (n % 4 === 0 ? "http_503" : null) });
    const { records } = await measure(folder.root, "chat-poisson", { ...STEADY, BASE_URL });
    expect(records.filter(({ outcome }) => outcome === "http_error").length).toBeGreaterThan(5);
    expect(records.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  });

  test("are records of their own, counted, and wait as long as the server asks", async () => {
    using folder = new TemporaryProject();
    const BASE_URL = await serve({
      faultOf: (n) => (n === 0 ? "http_429" : n % 4 === 0 ? "http_503" : null),
    });
    const settings = { ...STEADY, RETRIES: "2", BASE_URL };
    const { records, figure } = await measure(folder.root, "chat-poisson", settings);
    expect(records.map(({ id }) => id).sort()).toEqual(served.map(({ id }) => id).sort());
    const byId = new Map(records.map((record) => [record.id, record]));
    const retries = records.filter(({ attempt }) => attempt > 1);
    expect(retries.length).toBeGreaterThan(5);
    expect(figure("llm_retries", "count")).toBe(retries.length);
    for (const { id, attempt, sentMs, scheduledMs, promptId } of retries) {
      const first = id.replace(/-a\d+$/, "");
      const before = byId.get(attempt === 2 ? first : `${first}-a${attempt - 1}`);
      expect(before).toMatchObject({ attempt: attempt - 1, scheduledMs, promptId, good: false });
      expect(["rate_limited", "http_error"]).toContain(before?.outcome);
      const askedMs = before?.outcome === "rate_limited" ? 1000 : null;
      expect(before?.retryAfterMs).toBe(askedMs);
      expect(sentMs - (before?.endMs ?? Infinity)).toBeGreaterThanOrEqual(askedMs ?? 20);
    }
    expect(retries.map(({ id }) => byId.get(id.replace(/-a\d+$/, ""))?.outcome)).toContain(
      "rate_limited",
    );
  });
});

test("no user waits past the plan for a server that wants an hour before it is asked again", async () => {
  using folder = new TemporaryProject();
  const hour = createServer((request, response) => {
    if (request.method === "GET") {
      response.end(JSON.stringify({ data: [{ id: "busy" }] }));
    } else response.writeHead(429, { "retry-after": "3600" }).end("busy\n");
  });
  await new Promise<void>((listening) => hour.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void hour.close());
  const BASE_URL = `http://127.0.0.1:${(hour.address() as AddressInfo).port}`;
  const settings = { ...QUICK, HEALTH: "report", RETRIES: "2", BASE_URL };
  // It ends: that is the test. Else it would go on for the ten minutes that a scenario may last.
  const { records } = await measure(folder.root, "chat-poisson", settings);
  expect(records.length).toBeGreaterThan(0);
  expect(records.map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual(
    records.map(() => "rate_limited 1"),
  );
});

test("a mix says of every request which stream it belongs to, in records and metrics", async () => {
  using folder = new TemporaryProject();
  const settings = { ...QUICK, HEALTH: "report", BASE_URL: await serve() };
  const { records, figure } = await measure(folder.root, "mixed-traffic", settings);
  for (const stream of ["chat", "talk", "rag", "code"]) {
    const own = records.filter((record) => record.stream === stream);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ conversation }) => (conversation !== null) === (stream === "talk"))).toBe(
      true,
    );
    const steady = own.filter(({ phase }) => phase === "steady").length;
    expect(figure(`llm_requests{phase:steady,stream:${stream}}`, "count")).toBe(steady);
  }
  expect(records.filter(({ stream }) => stream === null)).toEqual([]);
});
