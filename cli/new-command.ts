import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { UserError } from "../lib/core/user-error.ts";
import { writeFileAtomic } from "../records/atomic-file.ts";
import type { Installation } from "./installation.ts";
import { print } from "./terminal.ts";

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

export function addNewCommand(program: Command, installation: Installation): void {
  program
    .command("new")
    .description("start a traffic profile of your own, with a service level to change")
    .argument("<name>", "name of the profile, such as support-chat")
    .option("--from <profile>", "profile to start from", "chat-poisson")
    .action((name: string, { from }: { readonly from: string }) => {
      const [scenario, sla] = newProfile(name, from, installation.root);
      print(
        [
          `${scenario} and ${sla}: change them to your traffic, then`,
          "  npm run build",
          `  npx tradeoff run ${name} --dry-run`,
          `  npx tradeoff run ${name} -e BASE_URL=http://127.0.0.1:8000`,
        ].join("\n"),
      );
    });
}

/**
 * Writes `scenarios/<name>.ts` and `thresholds/<name>.json`, copies of another profile's.
 *
 * @returns both files, relative to the repository
 * @throws UserError on a name that can't be used or is taken, and on a profile that is not there
 */
function newProfile(name: string, from: string, root: string): readonly [string, string] {
  // SLA=none is no file.
  if (!NAME.test(name) || name === "none") {
    throw new UserError(
      "bad-input",
      `name: found "${name}", allowed: lower-case letters, digits and single dashes, a letter first; not "none"`,
    );
  }
  const scenario = join(root, "scenarios", `${name}.ts`);
  const sla = join(root, "thresholds", `${name}.json`);
  const taken = [scenario, sla].find((path) => existsSync(path));
  if (taken !== undefined) throw new UserError("bad-input", `${relative(root, taken)} is there`);
  const source = NAME.test(from) ? join(root, "scenarios", `${from}.ts`) : "";
  if (!existsSync(source)) {
    throw new UserError("bad-input", `--from: found "${from}", allowed: a profile of scenarios/`);
  }
  const text = readFileSync(source, "utf8");
  const oldSla = /\bsla: "([^"]+)"/.exec(text)?.[1];
  if (oldSla === undefined) throw new UserError("bad-input", `scenarios/${from}.ts names no SLA`);
  writeFileAtomic(sla, readFileSync(join(root, "thresholds", `${oldSla}.json`), "utf8"));
  writeFileAtomic(
    scenario,
    text
      .replaceAll(`name: "${from}"`, `name: "${name}"`)
      .replace(`sla: "${oldSla}"`, `sla: "${name}"`),
  );
  return [relative(root, scenario), relative(root, sla)];
}
