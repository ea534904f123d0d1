// @transient
import http from "k6/http";
import { isObject, listIn, textIn } from "../clients/json.ts";
import type { ServerProbe } from "../clients/stream-client.ts";
import { parseJson } from "../core/parse-json.ts";
import { UserError } from "../core/user-error.ts";

const CHECK_TIMEOUT = "10s";

/** The server to check, and how: by the probes of the protocol's client, in order. */
export interface CheckedServer {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly probes: readonly ServerProbe[];
}

/**
 * Makes sure before any load that the server answers and knows the model.
 *
 * @param model the model to ask for; `undefined` to take the only one served
 * @returns the name of the model to ask for
 * @throws UserError (`target-unreachable`) saying what was asked and what the server answered, or which models it serves
 */
export async function checkServer(
  server: CheckedServer,
  model: string | undefined,
): Promise<string> {
  const { baseUrl } = server;
  const misses: string[] = [];
  for (const probe of server.probes) {
    const url = baseUrl + pathOf(probe, baseUrl, model);
    const { status, body } = await ask(server, url);
    const served = modelsIn(probe, status, body, model);
    if (served !== undefined) return choose(served, baseUrl, model);
    const said = `${url} answered HTTP ${status}`;
    if (probe.kind === "model-ready" && (status !== 404 || errorIn(body) !== undefined)) {
      throw unreachable(`MODEL: "${model}" is not ready: ${said} ${errorIn(body) ?? ""}`.trim());
    }
    misses.push(`${said} and names no model`);
  }
  // For servers that speak the protocol and no more.
  const { status } = await ask(server, `${baseUrl}/health`);
  if (status !== 200) {
    throw unreachable([...misses, `${baseUrl}/health answered HTTP ${status}`].join("; "));
  }
  if (model !== undefined) return model;
  throw unreachable(
    `MODEL: not set; ${misses.join("; ")}: does the server speak the API asked for?`,
  );
}

function pathOf(probe: ServerProbe, baseUrl: string, model: string | undefined): string {
  if (probe.kind !== "model-ready") return probe.path;
  if (model !== undefined) return probe.path(model);
  throw unreachable(`MODEL: not set, and ${baseUrl} can only be asked for one by name`);
}

/** The models that a probe's answer names; `undefined` where it names none. */
function modelsIn(
  probe: ServerProbe,
  status: number,
  body: string,
  model: string | undefined,
): readonly string[] | undefined {
  if (status !== 200) return undefined;
  if (probe.kind === "model-ready") return model === undefined ? undefined : [model];
  const json = parseJson(body);
  if (!isObject(json)) return undefined;
  if (probe.kind === "model-list") {
    return listIn(json, "data")
      ?.map((entry) => (isObject(entry) ? textIn(entry, "id") : undefined))
      .filter((id) => id !== undefined);
  }
  const only = textIn(json, probe.modelField);
  return only === undefined ? undefined : [only];
}

/** What a server says that knows the path, and not the model. */
function errorIn(body: string): string | undefined {
  const json = parseJson(body);
  return isObject(json) ? textIn(json, "error") : undefined;
}

function choose(served: readonly string[], baseUrl: string, model: string | undefined): string {
  const [only, ...others] = served;
  if (model === undefined && only !== undefined && others.length === 0) return only;
  if (model !== undefined && served.includes(model)) return model;
  const found = model === undefined ? "not set" : `found "${model}"`;
  const models = served.length === 0 ? "none" : served.join(", ");
  throw unreachable(`MODEL: ${found}, allowed: a model that ${baseUrl} serves: ${models}`);
}

/** @throws UserError where nobody answers, or not to us */
async function ask({ baseUrl, headers }: CheckedServer, url: string) {
  const response = await http.get(url, {
    headers: { ...headers },
    timeout: CHECK_TIMEOUT,
    responseType: "text",
    tags: { phase: "setup" },
  });
  const { status, error } = response;
  if (status === 0) throw unreachable(`nobody answers at ${baseUrl}: ${error} (${url})`);
  if (status === 401 || status === 403) {
    throw unreachable(`${url} answered HTTP ${status}: is API_KEY set, and right?`);
  }
  return { status, body: typeof response.body === "string" ? response.body : "" };
}

function unreachable(message: string): UserError {
  return new UserError("target-unreachable", message);
}
