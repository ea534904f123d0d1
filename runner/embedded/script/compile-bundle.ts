import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { build } from "esbuild";
import { z } from "zod";
import { EndOfRun, EXIT } from "../end-of-run.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptConsole } from "./script-console.ts";
import { createTimers } from "./timers.ts";

/** What one user's evaluation of the script needs of its host. */
export interface ScriptHost {
  readonly vuId: number;
  readonly env: Readonly<Record<string, string>>;
  readonly require: (specifier: string) => unknown;
  readonly openFile: (file: string, mode?: string) => unknown;
  readonly console: ScriptConsole;
  readonly currentCall: () => ScriptCall | null;
}

export interface BundleInstance {
  readonly exports: Readonly<Record<string, unknown>>;
  /** Replace `__ENV`. */
  readonly setEnv: (env: Readonly<Record<string, string>>) => void;
  /** Replace `__ITER`. */
  readonly setIteration: (iteration: number) => void;
}

export interface CompiledBundle {
  /** @throws whatever the script's init context throws */
  readonly instantiate: (host: ScriptHost) => BundleInstance;
}

/**
 * Names that Node has and k6's engine has not: hidden, so that a script that leans on one fails here as it would there.
 */
const NOT_IN_K6 = [
  "process",
  "Buffer",
  "global",
  "globalThis",
  "fetch",
  "URL",
  "URLSearchParams",
  "performance",
  "structuredClone",
  "queueMicrotask",
  "setImmediate",
  "clearImmediate",
  "AbortController",
  "AbortSignal",
  "ReadableStream",
  "TextEncoder",
  "TextDecoder",
  "WebSocket",
  "Intl",
  "WeakRef",
  "FinalizationRegistry",
  "navigator",
];
const FROM_HOST = [
  "require",
  "module",
  "exports",
  "open",
  "console",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "__VU",
  "__bindContext",
];

const scriptExports = z.record(z.string(), z.unknown());
const wrapperFunction = z.custom<(...args: unknown[]) => void>(
  (value) => typeof value === "function",
);

/**
 * Turn a script (ES modules, local imports bundled in, `k6*` left to the host) into a function that evaluates it.
 * The code is compiled once and the function is called once a user: each call has its own module scope, while V8 keeps
 * one copy of the code, its profile and its optimized form for all of them. So 1,000 users start in milliseconds.
 *
 * @throws EndOfRun (107) where the file can't be read or is no JavaScript
 */
export async function compileBundle(bundlePath: string): Promise<CompiledBundle> {
  const wrapper = wrapperFunction.parse(
    new vm.Script(wrap(await toCommonJs(bundlePath)), { filename: bundlePath }).runInThisContext(),
  );
  return {
    instantiate(host) {
      const module = { exports: {} };
      const timers = createTimers(host.currentCall);
      let setContext: (env: unknown, iteration: unknown) => void = () => {};
      let env: Readonly<Record<string, string>> = { ...host.env };
      let iteration: number | undefined;
      const fromHost: Readonly<Record<string, unknown>> = {
        require: host.require,
        module,
        exports: module.exports,
        open: host.openFile,
        console: host.console,
        ...timers,
        __VU: host.vuId,
        __bindContext: (set: typeof setContext) => {
          setContext = set;
          set(env, iteration);
        },
      };
      wrapper(...FROM_HOST.map((name) => fromHost[name]));
      return {
        exports: scriptExports.parse(module.exports),
        setEnv(next) {
          env = next;
          setContext(env, iteration);
        },
        setIteration(next) {
          iteration = next;
          setContext(env, iteration);
        },
      };
    },
  };
}

/** One line before the script's own code, so that positions in stack traces are off by one line only. */
function wrap(code: string): string {
  const names = [...FROM_HOST, ...NOT_IN_K6].join(", ");
  return `(function (${names}) { "use strict"; var __ENV, __ITER; __bindContext((env, iteration) => { __ENV = env; __ITER = iteration; });\n${code}\n})`;
}

async function toCommonJs(bundlePath: string): Promise<string> {
  try {
    readFileSync(bundlePath);
    const { outputFiles } = await build({
      entryPoints: [path.resolve(bundlePath)],
      absWorkingDir: path.dirname(path.resolve(bundlePath)),
      bundle: true,
      write: false,
      format: "cjs",
      platform: "neutral",
      target: "node20",
      external: ["k6", "k6/*"],
      sourcemap: false,
      logLevel: "silent",
    });
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EndOfRun(EXIT.scriptException, `could not load '${bundlePath}': ${reason}`, {
      cause: error,
    });
  }
}
