import { callAt } from "../wait.ts";
import { HostError } from "./host-error.ts";
import type { ScriptCall } from "./script-call.ts";

type Callback = (...args: unknown[]) => unknown;

/** `setTimeout` and its kin for one user: the iteration waits for them, and they end with it. */
export function createTimers(currentCall: () => ScriptCall | null): Record<string, unknown> {
  let lastId = 0;
  const cancels = new Map<number, { readonly call: ScriptCall; readonly cancel: () => void }>();

  function begin(name: string, repeats: boolean, fn: unknown, delay: unknown, args: unknown[]) {
    const call = currentCall();
    if (call === null) throw new HostError(`${name} in the init context is not supported`);
    if (typeof fn !== "function")
      throw new TypeError(`${name} requires a function as first argument`);
    lastId += 1;
    const id = lastId;
    const fire = () => {
      if (!repeats) cancels.delete(id);
      try {
        const callback: Callback = (...given) => Reflect.apply(fn, undefined, given);
        callback(...args);
      } catch (error) {
        call.fail(error);
      }
      if (!repeats) call.removePending(cancel);
    };
    const ms = Number(delay) || 0;
    const timer = repeats ? setInterval(fire, ms) : null;
    const cancelOnce = timer === null ? callAt(performance.now() + ms, fire) : () => {};
    const cancel = () => {
      if (timer !== null) clearInterval(timer);
      cancelOnce();
    };
    cancels.set(id, { call, cancel });
    call.addPending(cancel);
    return id;
  }

  function end(id: unknown) {
    const entry = typeof id === "number" ? cancels.get(id) : undefined;
    if (entry === undefined || typeof id !== "number") return;
    cancels.delete(id);
    entry.cancel();
    entry.call.removePending(entry.cancel);
  }

  return {
    setTimeout: (fn: unknown, delay: unknown, ...args: unknown[]) =>
      begin("setTimeout", false, fn, delay, args),
    setInterval: (fn: unknown, delay: unknown, ...args: unknown[]) =>
      begin("setInterval", true, fn, delay, args),
    clearTimeout: end,
    clearInterval: end,
  };
}
