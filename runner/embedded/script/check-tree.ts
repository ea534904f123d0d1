import { createHash } from "node:crypto";

export interface CheckCount {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  passes: number;
  fails: number;
}

/** A group of the script with the checks made in it, as the summary's `root_group` tells them. */
export class CheckGroup {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups = new Map<string, CheckGroup>();
  readonly checks = new Map<string, CheckCount>();

  /** @param parentPath `null` for the root, which has no name */
  constructor(name: string, parentPath: string | null) {
    this.name = name;
    this.path = parentPath === null ? "" : `${parentPath}::${name}`;
    this.id = idOf(this.path);
  }

  group(name: string): CheckGroup {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = new CheckGroup(name, this.path);
      this.groups.set(name, group);
    }
    return group;
  }

  countCheck(name: string, passed: boolean): void {
    let check = this.checks.get(name);
    if (check === undefined) {
      const path = `${this.path}::${name}`;
      check = { name, path, id: idOf(path), passes: 0, fails: 0 };
      this.checks.set(name, check);
    }
    if (passed) check.passes += 1;
    else check.fails += 1;
  }
}

/** k6 names groups and checks by the MD5 of their path. */
function idOf(path: string): string {
  return createHash("md5").update(path).digest("hex");
}
