import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createRandom, randomInt } from "../../lib/core/random.ts";
import type { ServedRequest } from "../../model-server/request-log.ts";
import type { ModelServer } from "../../model-server/start-model-server.ts";
import {
  post,
  startTestServer,
  type TestAnswer,
  TINY_MODEL_EXTERNAL,
} from "../support/model-server.ts";

const completion = z.object({
  choices: z.tuple([z.object({ text: z.string(), finish_reason: z.string() })]),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }),
});

const served: ServedRequest[] = [];
let server: ModelServer;
beforeAll(async () => {
  server = await startTestServer({ maxBatch: 6, onRequestEnd: (request) => served.push(request) });
});
afterAll(() => server.close());

function summary({ status, text }: TestAnswer): string {
  expect(status, text).toBe(200);
  const { choices, usage } = completion.parse(JSON.parse(text));
  return JSON.stringify([choices[0], usage]);
}

async function complete(body: object): Promise<string> {
  return summary(await post(`${server.url}/v1/completions`, body));
}

/** Prompts and lengths of many sizes, so that sequences join and leave at all times. */
function requests(sampling: object): object[] {
  const random = createRandom(11);
  const words = ["the", "people", "of", "our", "union", "have", "asked", "peace", "and", "law"];
  return Array.from({ length: 18 }, (_, index) => ({
    prompt: Array.from(
      { length: 1 + randomInt(random, 24) },
      () => words[randomInt(random, words.length)],
    ).join(" "),
    max_tokens: 1 + randomInt(random, 60),
    ignore_eos: index % 2 === 0,
    ...sampling,
    ...("seed" in sampling ? { seed: index } : {}),
  }));
}

async function alone(bodies: readonly object[]): Promise<string[]> {
  const texts: string[] = [];
  for (const body of bodies) texts.push(await complete(body));
  return texts;
}

async function together(bodies: readonly object[]): Promise<string[]> {
  const random = createRandom(5);
  return Promise.all(
    bodies.map(async (body) => {
      await sleep(randomInt(random, 12));
      return complete(body);
    }),
  );
}

function runningAt(ms: number): number {
  return served.filter(({ startedMs, endedMs }) => (startedMs ?? Infinity) <= ms && ms < endedMs)
    .length;
}

describe("continuous batching", () => {
  test("greedy requests get the text that each gets alone", async () => {
    const bodies = requests({ temperature: 0 });
    expect(await together(bodies)).toEqual(await alone(bodies));
  });

  test("requests that come at once are computed together", async () => {
    served.length = 0;
    await Promise.all(requests({ temperature: 0 }).map(complete));
    const most = Math.max(...served.map(({ startedMs }) => runningAt(startedMs ?? 0)));
    expect(most).toBeGreaterThanOrEqual(3);
  });

  test("seeded requests get the text that each gets alone", async () => {
    const bodies = requests({ temperature: 0.8, top_p: 0.95, top_k: 50, seed: 0 });
    expect(await together(bodies)).toEqual(await alone(bodies));
  });

  test("another seed gives another text, none a new one each time", async () => {
    const body = { prompt: "peace and law", max_tokens: 40, ignore_eos: true, temperature: 1.5 };
    const texts = await alone([{ ...body, seed: 1 }, { ...body, seed: 2 }, body, body]);
    expect(new Set(texts).size).toBe(4);
  });

  test("more requests than places wait and start in the order in which they came", async () => {
    served.length = 0;
    const body = { prompt: "the law", max_tokens: 100, ignore_eos: true };
    const answers: Promise<string>[] = [];
    for (let n = 0; n < 15; n++) {
      answers.push(complete(body));
      await sleep(3);
    }
    await Promise.all(answers);
    expect(served).toHaveLength(15);
    const arrived = served.toSorted((a, b) => a.receivedMs - b.receivedMs);
    const started = served.toSorted((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0));
    expect(started.map(({ id }) => id)).toEqual(arrived.map(({ id }) => id));
    for (const { startedMs } of started) expect(runningAt(startedMs ?? 0)).toBeLessThanOrEqual(6);
  });

  test("a graph without position_ids is decoded one sequence at a time, to the same texts", async () => {
    const bodies = requests({ temperature: 0 });
    const texts = await together(bodies);
    const external = await startTestServer({ modelDirectory: TINY_MODEL_EXTERNAL });
    try {
      expect([server.maxBatch, external.maxBatch]).toEqual([6, 1]);
      const answers = await Promise.all(
        bodies.map((body) => post(`${external.url}/v1/completions`, body)),
      );
      expect(answers.map(summary)).toEqual(texts);
    } finally {
      await external.close();
    }
  });
});
