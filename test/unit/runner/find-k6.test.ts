import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseEngine } from "../../../runner/choose-engine.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k6-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A stand-in for k6 that answers `version`, and `inspect` by whether it has the SSE module. */
function fakeK6(name: string, hasSse: boolean): string {
  const path = join(folder, name);
  const inspect = hasSse ? "exit 0" : 'echo "unknown module: k6/x/sse" >&2; exit 107';
  writeFileSync(
    path,
    `#!/bin/sh\ncase "$1" in version) echo "k6 v1.8.1 (go1.26, linux/amd64)";; inspect) ${inspect};; esac\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

describe.skipIf(process.platform === "win32")("which engine runs", () => {
  test("K6_BIN comes before PATH", async () => {
    fakeK6("k6", true);
    const named = fakeK6("my-k6", true);
    const env = { K6_BIN: named, PATH: `${folder}:/bin:/usr/bin` };
    expect(await chooseEngine("auto", "x.js", env, "1.0.0")).toEqual({
      name: "k6",
      version: "k6 v1.8.1",
      path: named,
      why: `found ${named}`,
    });
  });

  test("a k6 that can't stream is passed over, and why is said", async () => {
    const path = fakeK6("k6", false);
    const env = { PATH: `${folder}:/bin:/usr/bin` };
    const engine = await chooseEngine("auto", "x.js", env, "1.0.0");
    expect(engine).toEqual({
      name: "embedded",
      version: "1.0.0",
      why: `${path}: unknown module: k6/x/sse`,
    });
  });

  test("asking for k6 where there is none is an error that says how to get one", async () => {
    await expect(chooseEngine("k6", "x.js", { PATH: folder }, "1.0.0")).rejects.toThrow(
      /no k6 on PATH.*xk6-sse/,
    );
  });

  test("asking for the embedded engine looks for no k6", async () => {
    const engine = await chooseEngine("embedded", "x.js", { K6_BIN: "/nowhere" }, "1.0.0");
    expect(engine).toEqual({ name: "embedded", version: "1.0.0", why: "asked for" });
  });
});
