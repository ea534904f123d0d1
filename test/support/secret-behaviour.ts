import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { coreOf, KEY_ENCODINGS } from "./key-encodings.ts";
import { recordsOf } from "./profile-behaviour.ts";
import { startQuotingServer } from "./quoting-server.ts";
import type { RunScript } from "./script-run.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

/** Of an open loop, so that how many requests there are is not up to the machine. */
const PROFILE = join(REPOSITORY, "dist", "chat-poisson.js");
const KEY = 'sk-abc/123+X=~?>"\\&<%41';
const QUOTES = Object.values(KEY_ENCODINGS).map((encode) => encode(KEY));
const environment = { API_KEY: KEY };

/** Tests that nothing of a run on an engine holds the key, whatever a server quotes where; to be called within a `describe`. */
export function testSecrets(runScript: RunScript): void {
  test("a key that a server quotes, encoded in any way, is in no record, summary or log", async () => {
    using folder = new TemporaryProject();
    const server = await startQuotingServer(QUOTES, [`model-${KEY}`]);
    const SUMMARY_FILE = join(folder.root, "summary.json");
    const settings = {
      BASE_URL: server.url,
      RATE: "60",
      DURATION: "3s",
      HEALTH: "report",
      RECORDS: "console",
      TEXT: "full",
      SUMMARY_FILE,
    };
    const run = await runScript(PROFILE, settings, { environment });
    await server.close();
    const all = [...run.consoleLines, run.stdout, run.stderr, readFileSync(SUMMARY_FILE, "utf8")];
    expect(keysIn(all)).toEqual([]);
    // Each of them, and in each place, whatever the machine's speed left of the schedule.
    expect(server.said.length).toBeGreaterThan(2 * QUOTES.length);
    const { header, requests } = recordsOf(run);
    expect(header.model).toBe("model-[redacted]");
    // What was quoted was heard: the words are there, without the key.
    const heard = (of: (request: (typeof requests)[number]) => string | null) =>
      requests.filter((request) => of(request)?.includes("[redacted]")).length;
    expect(heard(({ text }) => text)).toBeGreaterThan(3);
    expect(heard(({ finishReason }) => finishReason)).toBeGreaterThan(3);
    expect(heard(({ detail }) => detail)).toBeGreaterThan(12);
  });

  test("nor is it in what setup says of a server that can't be used, or of one that can", async () => {
    const server = await startQuotingServer(QUOTES, QUOTES);
    const refused = await runScript(PROFILE, { BASE_URL: server.url }, { environment });
    await server.close();
    expect(refused.code).toBe(108);
    expect(keysIn([refused.stdout, refused.stderr, ...refused.consoleLines])).toEqual([]);
    expect(refused.stderr).toMatch(
      /MODEL: not set, allowed: a model that .* serves: .*\[redacted\]/,
    );
  });

  test("a model's name from a server prints nothing that can't be seen, and on one line", async () => {
    const model = "m\r\n::error::owned\u001b[2J\u0085\u202e##[error]\u2028x";
    const server = await startQuotingServer(["x"], [model]);
    const settings = { BASE_URL: server.url, ONCE: "1" };
    const run = await runScript(PROFILE, settings);
    await server.close();
    const said = [...run.consoleLines, ...run.stderr.split("\n")].filter((l) => /owned/.test(l));
    expect(said).toEqual([
      expect.stringMatching(/model m ::error::owned \[2J # #\[error\] x; settings: /),
    ]);
  });
}

/** The encodings of the key that any of the texts has. */
function keysIn(texts: readonly string[]): string[] {
  return Object.entries(KEY_ENCODINGS)
    .filter(([, encode]) => {
      const core = coreOf(encode(KEY));
      // As it is, and as JSON has it.
      const forms = [core, JSON.stringify(core).slice(1, -1)];
      return texts.some((text) => forms.some((form) => text.includes(form)));
    })
    .map(([name]) => name);
}
