import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { build } from "esbuild";
import { z } from "zod";
import { EndOfRun, EXIT } from "../end-of-run.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptConsole } from "./script-console.ts";
import { createTimers } from "./timers.ts";

/** What one user's evaluation of the script needs of its host. */
interface ScriptHost {
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
  readonly path: string;
  /** Where a position of the compiled code (from 1) is in the source; `null` where there is none. */
  readonly sourceOf: (line: number, column: number) => string | null;
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
  const { code, sourceOf } = await toCommonJs(bundlePath);
  const script = new vm.Script(wrap(code), { filename: bundlePath, lineOffset: -1 });
  const wrapper = wrapperFunction.parse(script.runInThisContext());
  return {
    path: bundlePath,
    sourceOf,
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

/** One line before the script's own code. */
function wrap(code: string): string {
  const names = [...FROM_HOST, ...NOT_IN_K6].join(", ");
  return `(function (${names}) { "use strict"; var __ENV, __ITER; __bindContext((env, iteration) => { __ENV = env; __ITER = iteration; });\n${code}\n})`;
}

interface CommonJs extends Pick<CompiledBundle, "sourceOf"> {
  readonly code: string;
}

async function toCommonJs(bundlePath: string): Promise<CommonJs> {
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
      sourcemap: "external",
      sourcesContent: false,
      outdir: path.dirname(path.resolve(bundlePath)),
      logLevel: "silent",
    });
    const [map, code] = [".map", ".js"].map(
      (suffix) => outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? "",
    );
    return {
      code: code ?? "",
      sourceOf: createSourceOf(map ?? "", path.dirname(path.resolve(bundlePath))),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EndOfRun(EXIT.scriptException, `could not load '${bundlePath}': ${reason}`, {
      cause: error,
    });
  }
}

const sourceMapSchema = z.object({
  file: z.string().default(""),
  version: z.number(),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()).default([]),
  names: z.array(z.string()),
  mappings: z.string(),
  sourceRoot: z.string().default(""),
});

/** Goes through the bundle's own source map too, so an error names the line of the profile or the library. */
function createSourceOf(mapText: string, folder: string): CompiledBundle["sourceOf"] {
  const map = new SourceMap(sourceMapSchema.parse(JSON.parse(mapText)));
  return (line, column) => {
    const entry = map.findEntry(line - 1, column - 1);
    if (!("originalSource" in entry)) return null;
    const url = pathToFileURL(path.resolve(folder, entry.originalSource)).href;
    return `${url}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
}
