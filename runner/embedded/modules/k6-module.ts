import { parseTags } from "../metrics/tags.ts";
import type { CheckGroup } from "../script/check-tree.ts";
import type { ScriptCall } from "../script/script-call.ts";
import type { VirtualUser } from "../script/virtual-user.ts";
import { callAt } from "../wait.ts";

/** `k6`: sleep (a promise here), check, group and fail. */
export function createK6Module(user: VirtualUser) {
  let group: CheckGroup = user.run.rootGroup;

  function callIn(what: string): ScriptCall {
    if (user.call === null) throw new Error(`using ${what} in the init context is not supported`);
    return user.call;
  }

  return {
    sleep(seconds: unknown): Promise<void> {
      const dueMs = performance.now() + Math.max(0, Number(seconds) || 0) * 1000;
      return callIn("sleep").block("sleep", ({ resolve }) => callAt(dueMs, () => resolve()));
    },

    check(value: unknown, checks: unknown, given?: unknown): boolean {
      callIn("check");
      const own = parseTags(given);
      let allPass = true;
      for (const [name, condition] of Object.entries(checks ?? {})) {
        const result: unknown = typeof condition === "function" ? condition(value) : condition;
        if (result instanceof Promise) {
          throw new TypeError(`check "${name}" gives a promise: await it before the check`);
        }
        const passed = Boolean(result);
        allPass &&= passed;
        group.countCheck(name, passed);
        user.run.builtin.checks.add(passed ? 1 : 0, user.tags, { ...own, check: name });
      }
      return allPass;
    },

    group(name: unknown, body: unknown): unknown {
      callIn("group");
      if (typeof body !== "function")
        throw new Error("group() requires a callback as a second argument");
      if (body.constructor.name === "AsyncFunction") {
        throw new Error(
          "group() does not support async functions as arguments, please see https://grafana.com/docs/k6/latest/javascript-api/k6/group/ for more info",
        );
      }
      const outer = group;
      const outerTag = user.tags["group"] ?? "";
      group = outer.group(String(name));
      user.tags["group"] = group.path;
      const startedAt = performance.now();
      try {
        return Reflect.apply(body, undefined, []);
      } finally {
        user.run.builtin.groupDuration.add(performance.now() - startedAt, user.tags, {});
        group = outer;
        user.tags["group"] = outerTag;
      }
    },

    fail(message: unknown): never {
      throw new Error(message === undefined ? "" : String(message));
    },
  };
}
