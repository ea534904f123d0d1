import { HostError } from "../script/host-error.ts";
import type { VirtualUser } from "../script/virtual-user.ts";

/**
 * `k6/data`: arrays that all users share. The function runs once a run; the items are frozen, since here the users get
 * the very same objects and not copies.
 */
export function createDataModule(user: VirtualUser) {
  return {
    SharedArray: class SharedArray {
      constructor(name: unknown, create: unknown) {
        if (user.isInitialized) {
          throw new HostError("new SharedArray must be called in the init context");
        }
        if (typeof name !== "string" || name === "") {
          throw new HostError("empty name provided to SharedArray's constructor");
        }
        if (typeof create !== "function") {
          throw new HostError(
            "a function is expected as the second argument of SharedArray's constructor",
          );
        }
        const known = user.run.sharedArrays.get(name);
        // biome-ignore lint/correctness/noConstructorReturn: k6's SharedArray is an array too
        if (known !== undefined) return known;
        const items: unknown = Reflect.apply(create, undefined, []);
        if (!Array.isArray(items)) {
          throw new HostError("only arrays can be made into SharedArray");
        }
        const shared = freezeDeep(JSON.parse(JSON.stringify(items)));
        user.run.sharedArrays.set(name, shared);
        // biome-ignore lint/correctness/noConstructorReturn: as above
        return shared;
      }
    },
  };
}

function freezeDeep<T extends object>(value: T): T {
  for (const item of Object.values(value)) {
    if (typeof item === "object" && item !== null) freezeDeep(item);
  }
  return Object.freeze(value);
}
