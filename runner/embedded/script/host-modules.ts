import { createDataModule } from "../modules/data-module.ts";
import { createExecutionModule } from "../modules/execution-module.ts";
import { createHttpModule } from "../modules/http-module.ts";
import { createK6Module } from "../modules/k6-module.ts";
import { createMetricsModule } from "../modules/metrics-module.ts";
import { createSseModule } from "../modules/sse-module.ts";
import type { VirtualUser } from "./virtual-user.ts";

/** The modules of k6 that this engine has. */
const MODULES: Readonly<Record<string, (user: VirtualUser) => object>> = {
  k6: createK6Module,
  "k6/execution": createExecutionModule,
  "k6/metrics": createMetricsModule,
  "k6/data": createDataModule,
  "k6/http": createHttpModule,
  "k6/x/sse": createSseModule,
};

/** `require` for one user's evaluation of the script. */
export function createRequire(user: VirtualUser): (specifier: string) => unknown {
  const loaded = new Map<string, object>();
  return (specifier) => {
    const known = loaded.get(specifier);
    if (known !== undefined) return known;
    const create = Object.hasOwn(MODULES, specifier) ? MODULES[specifier] : undefined;
    if (create === undefined) {
      throw new Error(
        `the embedded engine has no module "${specifier}"; it has ${Object.keys(MODULES).join(", ")}`,
      );
    }
    const created = create(user);
    loaded.set(specifier, created);
    return created;
  };
}
