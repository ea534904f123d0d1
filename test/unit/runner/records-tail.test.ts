import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecordsTail } from "../../../runner/records-tail.ts";
import { requestRecord, runHeader } from "../../support/records.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tail-"));
  path = join(folder, "requests.ndjson");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("is empty before the engine has written anything", () => {
  expect(new RecordsTail(path).poll()).toEqual({
    header: undefined,
    recorded: 0,
    unsent: 0,
    completed: 0,
    failed: 0,
    ttftP95Ms: undefined,
    tokensPerSecond: undefined,
  });
});

test("counts a line once it is whole, however the writer cut it", () => {
  const tail = new RecordsTail(path);
  const line = `${JSON.stringify(requestRecord({ text: "naïve €" }))}\n`;
  const bytes = Buffer.from(line);
  appendFileSync(path, `${JSON.stringify(runHeader())}\n`);
  const cut = bytes.indexOf("€") + 1;
  appendFileSync(path, bytes.subarray(0, cut));
  expect(tail.poll().recorded).toBe(0);
  appendFileSync(path, bytes.subarray(cut));
  const view = tail.poll();
  expect(view.recorded).toBe(1);
  expect(view.header?.profile).toBe("chat-sweep");
  expect(tail.otherLines).toBe(0);
});

test("takes TTFT and tokens from completed requests only", () => {
  const tail = new RecordsTail(path);
  const failed = requestRecord({ outcome: "truncated", outputTokens: 999, good: false });
  for (const record of [requestRecord({ sentMs: 0, endMs: 1000 }), failed]) {
    appendFileSync(path, `${JSON.stringify(record)}\n`);
  }
  appendFileSync(path, "some other line\n");
  const view = tail.poll();
  expect(view).toMatchObject({ recorded: 2, completed: 1, failed: 1, ttftP95Ms: 100 });
  // 3 tokens in the first second.
  expect(view.tokensPerSecond).toBe(3);
  expect(tail.otherLines).toBe(1);
});
