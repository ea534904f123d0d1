import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { measure } from "../support/measured-run.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { TemporaryProject } from "../support/temporary-project.ts";

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.kill();
  server = undefined;
});

const bodySchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});

test("each turn of a conversation carries the answers before it", async () => {
  using folder = new TemporaryProject();
  // Answers of different lengths, so that one can't be taken for another.
  server = await startScriptedServer({
    behave: (request) => ({ kind: "stream", tokens: 2 + (request % 7) }),
  });
  const { records } = await measure(folder.root, "chat-multiturn", {
    ...{ VUS: "6", DURATION: "4s", SLA: "none", HEALTH: "report", TEXT: "full" },
    BASE_URL: server.url,
  });
  expect(records.map(({ id }) => id).sort()).toEqual(server.seen.map(({ id }) => id).sort());
  const later = records.filter(({ turn }) => turn !== 1);
  expect(later.length).toBeGreaterThan(3);

  const sent = new Map(server.seen.map(({ id, body }) => [id, bodySchema.parse(body).messages]));
  const conversations = new Set(records.map(({ conversation }) => conversation));
  expect(conversations.has(null)).toBe(false);
  for (const conversation of conversations) {
    const turns = records
      .filter((record) => record.conversation === conversation)
      .sort((a, b) => (a.turn ?? 0) - (b.turn ?? 0));
    expect(turns.map(({ turn }) => turn)).toEqual(turns.map((_, index) => index + 1));
    expect(new Set(turns.map(({ promptId }) => promptId)).size).toBe(1);
    for (const [index, { id }] of turns.entries()) {
      const messages = sent.get(id) ?? [];
      const own = messages.filter(({ role }) => role === "user");
      expect(own).toHaveLength(index + 1);
      expect(messages.at(-1)?.role).toBe("user");
      const answers = messages.filter(({ role }) => role === "assistant");
      expect(answers.map(({ content }) => content)).toEqual(
        turns.slice(0, index).map(({ text }) => text),
      );
      const before = turns[index - 1];
      if (before === undefined) continue;
      // The history is the one before, word for word, and what came of it.
      const history = sent.get(before.id) ?? [];
      expect(messages.slice(0, history.length)).toEqual(history);
      // Two seconds to think.
      expect((turns[index]?.sentMs ?? 0) - before.endMs).toBeGreaterThanOrEqual(2000 - 1);
    }
  }
});
