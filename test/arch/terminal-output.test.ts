import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";

/** What writes to a terminal, or can be made to. */
const WRITES = [
  /\bconsole\s*(\?\.|\.)\s*\w+\s*\(|\bconsole\s*\[/,
  /\bprocess\s*(\?\.|\.)\s*(stdout|stderr)\b/,
  /\bprocess\s*\[/,
  /\{[^}]*\b(stdout|stderr)\b[^}]*\}\s*=\s*process\b/,
  /\bfrom "(node:)?(process|console|tty)"/,
  /\bwriteSync\(\s*[12]\b/,
  /stdio:[^\n]*"inherit"/,
];

const ROOMS = [
  ...["lib", "scenarios", "records", "runner", "model", "ppl-runner", "dataset"],
  ...["model-server", "merger", "suite", "cli"],
];

/** Who may, and why. All others print by cli/terminal.ts, where what is printed becomes printable. */
const MAY: readonly RegExp[] = [
  /^cli\/(terminal|progress-bar)\.ts$/,
  // A script's console is k6's: records, one line each, and what setup makes printable itself.
  /^lib\/k6\/(user|setup)\.ts$/,
  // A process of its own, whose streams are pipes to runner/engine-process.ts and print what k6 prints.
  /^runner\/embedded-process\.ts$/,
  /^runner\/embedded\//,
];

function writers(root: string): string[] {
  return ROOMS.flatMap((room) => sourcesOf(root, room)).filter((file) => {
    const code = withoutComments(readFileSync(join(root, file), "utf8"));
    return WRITES.some((pattern) => pattern.test(code));
  });
}

function sourcesOf(root: string, room: string): string[] {
  try {
    return readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .map((file) => posix.join(room, file.replaceAll("\\", "/")))
      .filter((file) => /\.(ts|m?js)$/.test(file) && !file.endsWith(".d.ts"));
  } catch {
    return [];
  }
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

test("what may be printed is decided in one place: nothing else writes to the terminal", () => {
  const found = writers(REPOSITORY);
  expect(found).toContain("cli/terminal.ts");
  expect(found.filter((file) => !MAY.some((allowed) => allowed.test(file)))).toEqual([]);
});

test.each([
  'console.log("x");',
  'console["error"]("x");',
  'process.stdout.write("x");',
  'process\n  .stderr.write("x");',
  'process["stdout"].write("x");',
  "const { stderr } = process;",
  'import { stdout } from "node:process";',
  'import console from "node:console";',
  'writeSync(2, "x");',
  'spawn("x", [], { stdio: "inherit" });',
])("canary: %s is found", (code) => {
  using project = new TemporaryProject()
    .write("merger/a.ts", `// a comment\n${code}\n`)
    .write("merger/fine.ts", "/* console.log of a comment */ export const a = 1;\n");
  expect(writers(project.root)).toEqual(["merger/a.ts"]);
});
