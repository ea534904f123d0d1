import { rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import {
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from "../../model-server/start-model-server.ts";

/** A causal model of a few kilobytes with a real tokenizer, in the layout of `optimum-cli export onnx`. */
export const TINY_MODEL = fileURLToPath(new URL("../fixtures/tiny-model/llama/", import.meta.url));

/** The same model without `position_ids`, its weights in a file of their own. */
export const TINY_MODEL_EXTERNAL = fileURLToPath(
  new URL("../fixtures/tiny-model/llama-external/", import.meta.url),
);

/** An engine without a model that streams until it is told otherwise: see the file. */
export const SCRIPTED_ENGINE = new URL("./scripted-engine.mjs", import.meta.url);

let worker: Promise<URL> | null = null;

/** The engine's thread, bundled: Node 20 runs no TypeScript in a worker. Inside the clone, to find its packages. */
function bundledWorker(): Promise<URL> {
  worker ??= (async () => {
    const outfile = fileURLToPath(
      new URL(`../../.build/test/model-server-worker-${process.pid}.js`, import.meta.url),
    );
    await build({
      entryPoints: [fileURLToPath(new URL("../../model-server/worker.ts", import.meta.url))],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
    });
    process.once("exit", () => rmSync(outfile, { force: true }));
    return pathToFileURL(outfile);
  })();
  return worker;
}

/** The embedded server with the tiny model on a free port, unless told otherwise. */
export async function startTestServer(
  options: Partial<ModelServerOptions> = {},
): Promise<ModelServer> {
  return startModelServer({
    modelDirectory: TINY_MODEL,
    port: 0,
    workerUrl: options.workerUrl ?? (await bundledWorker()),
    ...options,
  });
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<TestAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The objects of a stream's `data:` lines, `[DONE]` as that string. */
export function eventsOf(stream: string): unknown[] {
  return stream
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      if (!event.startsWith("data: ")) throw new Error(`not an event: ${event}`);
      const data = event.slice("data: ".length);
      return data === "[DONE]" ? data : JSON.parse(data);
    });
}

/** A sample of `/metrics` by its name and the labels given. */
export async function metric(
  server: ModelServer,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text
    .split("\n")
    .find(
      (candidate) =>
        candidate.startsWith(`${name}{`) &&
        Object.entries(labels).every(([key, value]) => candidate.includes(`${key}="${value}"`)),
    );
  if (line === undefined) throw new Error(`no metric ${name} ${JSON.stringify(labels)}`);
  return Number(line.slice(line.lastIndexOf(" ") + 1));
}
