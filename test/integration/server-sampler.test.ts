import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readServerSamples } from "../../records/read-server-samples.ts";
import { parseGpuLine, watchGpus } from "../../runner/gpu-watch.ts";
import { isThisMachine, type SampledServer, whileSampling } from "../../runner/server-sampler.ts";

const METRICS = "vllm:num_requests_running 3\nvllm:generation_tokens_total 70\n";

let folder: string;
let file: string;
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sampler-"));
  file = join(folder, "server.ndjson");
  servers = [];
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

function sampled(baseUrl: string, change: Partial<SampledServer> = {}): SampledServer {
  return { baseUrl, metricsUrl: undefined, apiKey: undefined, file, ...change };
}

test("samples before, while and after the run, with the key, and stops", async () => {
  const asked: (string | undefined)[] = [];
  const root = await serve((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.end(METRICS);
  });
  const target = sampled(`${root}/v1`, { apiKey: "secret" });
  const { result, note } = await whileSampling(target, async () => {
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1), 5_000);
    return "done";
  });
  expect({ result, note }).toEqual({ result: "done", note: null });
  expect(new Set(asked)).toEqual(new Set(["/metrics Bearer secret"]));
  const samples = readServerSamples(file);
  expect(samples.length).toBe(asked.length);
  expect(samples.every(({ server }) => server?.running === 3)).toBe(true);
  const seen = asked.length;
  await wait(1_500);
  expect(asked.length).toBe(seen);
});

test.each([
  { what: "404", status: 404, body: "no such route", why: /metrics answered 404/ },
  { what: "a web page", status: 200, body: "<html></html>", why: /no metrics that are known/ },
  { what: "an error", status: 503, body: METRICS, why: /metrics answered 503/ },
])("a server that answers $what has no file, and one note", async ({ status, body, why }) => {
  const root = await serve((_, response) => response.writeHead(status).end(body));
  const { note } = await whileSampling(sampled(root), async () => {});
  expect(note).toMatch(why);
  expect(existsSync(file)).toBe(false);
});

test("nobody listening and a base URL that is none are notes too, never errors", async () => {
  const gone = await serve(() => {});
  servers[0]?.close();
  for (const [baseUrl, why] of [
    [gone, /did not answer/],
    ["no url", /^no url is no URL$/],
  ] as const) {
    const { note } = await whileSampling(sampled(baseUrl), async () => {});
    expect(note).toMatch(why);
  }
});

test("asks the address it was given in place of the server's own, without the key where that is another", async () => {
  const asked: string[] = [];
  const root = await serve((_, response) => response.writeHead(404).end());
  const metrics = await serve(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    response.end('nv_inference_pending_request_count{model="m",version="1"} 2\n');
  });
  const elsewhere = sampled(root, { metricsUrl: `${metrics}/m?x=1`, apiKey: "secret" });
  expect((await whileSampling(elsewhere, async () => {})).note).toBeNull();
  const there = sampled(`${metrics}/v1`, { metricsUrl: `${metrics}/m`, apiKey: "secret" });
  expect((await whileSampling(there, async () => {})).note).toBeNull();
  expect(new Set(asked)).toEqual(new Set(["/m?x=1 undefined", "/m Bearer secret"]));
  expect(readServerSamples(file).every(({ server }) => server?.waiting === 2)).toBe(true);
});

test("takes the key nowhere else: a redirect is not followed", async () => {
  const elsewhere = vi.fn<RequestListener>((_, response) => response.end(METRICS));
  const other = await serve(elsewhere);
  const root = await serve((_, response) =>
    response.writeHead(302, { location: `${other}/metrics` }).end(),
  );
  const target = sampled(root, { apiKey: "secret" });
  const { note } = await whileSampling(target, async () => {});
  expect(note).toMatch(/answered 302/);
  expect(elsewhere).not.toHaveBeenCalled();
});

test("a server that hangs holds nobody up, and a run that throws ends the sampling", async () => {
  let open = 0;
  const root = await serve((request) => {
    open += 1;
    request.on("close", () => {
      open -= 1;
    });
  });
  const startedMs = performance.now();
  const target = sampled(root);
  await expect(
    whileSampling(target, async () => {
      await vi.waitFor(() => expect(open).toBe(1), 5_000);
      throw new Error("the run broke");
    }),
  ).rejects.toThrow("the run broke");
  // The last look has a second; the scrape under way was cut.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  await vi.waitFor(() => expect(open).toBe(0), 5_000);
});

test("a file that can't be written costs the samples, not the run", async () => {
  const root = await serve((_, response) => response.end(METRICS));
  const target = sampled(root, { file: join(folder, "none", "server.ndjson") });
  expect(await whileSampling(target, async () => 7)).toEqual({ result: 7, note: null });
});

test("a cut last line costs that line alone", () => {
  const sample = {
    kind: "server-sample",
    version: 1,
    atEpochMs: 5,
    server: null,
    gpus: [],
  };
  const whole = JSON.stringify(sample);
  writeFileSync(file, `${whole}\n${whole}\n${whole.slice(0, 30)}`);
  expect(readServerSamples(file)).toEqual([sample, sample]);
  expect(readServerSamples(join(folder, "none"))).toEqual([]);
});

test("follows GPUs by one process, which ends with the watch", async () => {
  const script = join(folder, "smi.mjs");
  const pidFile = join(folder, "pid");
  writeFileSync(
    script,
    `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
const say = () => console.log("0, 87, 1024, 81559, 312.45\\n1, [N/A], 0, 81559, [Not Supported]");
say();
setInterval(say, 100);`,
  );
  const gpus = watchGpus(process.execPath, [script]);
  await vi.waitFor(() => expect(gpus.now().length).toBe(2), 10_000);
  expect(gpus.now()).toEqual([
    {
      index: 0,
      utilization: 0.87,
      memoryUsedBytes: 2 ** 30,
      memoryTotalBytes: 81559 * 2 ** 20,
      powerWatts: 312.45,
    },
    {
      index: 1,
      utilization: null,
      memoryUsedBytes: 0,
      memoryTotalBytes: 81559 * 2 ** 20,
      powerWatts: null,
    },
  ]);
  gpus.stop();
  const pid = Number(readFileSync(pidFile, "utf8"));
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 5_000);
});

test("without an nvidia-smi there are no GPUs", async () => {
  const gpus = watchGpus(join(folder, "nvidia-smi"));
  await wait(50);
  expect(gpus.now()).toEqual([]);
  gpus.stop();
});

test.each(["", "index, utilization.gpu [%]", "NVIDIA-SMI has failed"])(
  "a line that is no reading is none: %j",
  (line) => {
    expect(parseGpuLine(line)).toBeUndefined();
  },
);

test.each([
  ["http://127.0.0.1:8000", true],
  ["http://localhost/v1", true],
  ["http://[::1]:8000", true],
  ["http://192.0.2.7:8000", false],
  ["http://gpu.example:8000", false],
  ["no url", false],
])("GPUs of this machine are the server's where it runs here: %s %s", (url, here) => {
  expect(isThisMachine(url)).toBe(here);
});
