import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { TemporaryProject } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

const planSchema = z.object({
  profile: z.string(),
  plan: z.object({ maxVus: z.number(), windows: z.array(z.object({ arrivals: z.number() })) }),
  arrivalsMs: z.array(z.number()),
  requests: z.number(),
  outputTokens: z.number(),
});

const OPEN = ["run", "chat-poisson", "--dry-run", "-e", "RATE=20", "-e", "DURATION=8s"];

describe("a dry run", () => {
  test("needs no server, tells a person the plan, and leaves nothing behind", async () => {
    using folder = new TemporaryProject();
    const { code, stdout } = await tradeoff(folder.root, [...OPEN, "-e", "VUS=7"]);
    expect(stdout).toMatch(/chat-poisson: open loop, at most 7 in flight; nothing was sent/);
    expect(stdout).toMatch(/^ *steady +20 +2 s +10 s +\d+$/m);
    expect(stdout).toMatch(/\d+ requests ask for \d+ output tokens/);
    expect(code).toBe(0);
    expect(readdirSync(folder.root)).toEqual([]);
  });

  test("as JSON has the time of each request, the same for the same seed alone", async () => {
    using folder = new TemporaryProject();
    const planOf = async (seed: number) => {
      const { stdout } = await tradeoff(folder.root, [...OPEN, "--json", "-e", `SEED=${seed}`]);
      return planSchema.parse(JSON.parse(stdout));
    };
    const [once, again, other] = [await planOf(3), await planOf(3), await planOf(4)];
    expect(again).toEqual(once);
    expect(other.arrivalsMs).not.toEqual(once.arrivalsMs);
    const { arrivalsMs, plan, requests, outputTokens } = once;
    expect(arrivalsMs).toEqual(arrivalsMs.toSorted((a, b) => a - b));
    expect(plan.windows.reduce((sum, { arrivals }) => sum + arrivals, 0)).toBe(arrivalsMs.length);
    // Requests of the profile ask for 64 tokens unless their prompt says otherwise.
    expect([requests, outputTokens > 0]).toEqual([arrivalsMs.length, true]);
  });

  test("tells its input in tokens where the data set has them of every request", async () => {
    using folder = new TemporaryProject().write(
      "counted.jsonl",
      '{"id":"a","text":"one two","inputTokens":3}\n{"id":"b","text":"three","inputTokens":3}\n',
    );
    const args = ["run", "chat-poisson", "--dry-run", "-e", "DATASET=counted.jsonl"];
    const { stdout } = await tradeoff(folder.root, args);
    const [, requests] = /(\d+) requests ask for/.exec(stdout) ?? [];
    expect(stdout).toContain(`their own input is ${Number(requests) * 3} tokens`);
  });

  test("of a closed loop tells its phases", async () => {
    using folder = new TemporaryProject();
    const { code, stdout } = await tradeoff(folder.root, ["run", "chat-50vu", "--dry-run"]);
    expect(stdout).toMatch(/chat-50vu: closed loop, at most 50 in flight; nothing was sent/);
    expect(code).toBe(0);
  });

  test.each([
    [["trace-replay", "-e", "TRACE=no/such.csv"], /TRACE: found "no\/such\.csv"/],
    [["chat-poisson", "-e", "DATASET=no/such.jsonl"], /DATASET: found "no\/such\.jsonl"/],
    [["chat-poisson", "-e", "RATE=0"], /RATE: found "0", allowed: /],
    [["chat-50vu", "-e", "RATE=3"], /RATE/],
    [["chat-poisson", "--once"], /--dry-run: not with --once/],
    [["chat-poissom"], /no profile "chat-poissom"/],
  ])("of %j is misuse", async (args, message) => {
    using folder = new TemporaryProject();
    const { code, stderr } = await tradeoff(folder.root, ["run", ...args, "--dry-run"]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
