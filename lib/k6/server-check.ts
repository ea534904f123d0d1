import http from "k6/http";
import { isObject, listIn, textIn } from "../clients/json.ts";
import type { ServerProbe } from "../clients/stream-client.ts";
import { parseJson } from "../core/parse-json.ts";
import { UserError } from "../core/user-error.ts";

const CHECK_TIMEOUT = "10s";
const SHOWN_CHARS = 200;

/** The server to check, and how: by the probes of the protocol's client, in order. */
export interface CheckedServer {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly probes: readonly ServerProbe[];
}

/** What a probe found out. */
type Finding =
  | { readonly kind: "serves"; readonly models: readonly string[] }
  /** The server knows what was asked, and says no. */
  | { readonly kind: "refused"; readonly why: string }
  /** It does not know what was asked: `what` is missing. */
  | { readonly kind: "unknown"; readonly what: string };

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
    const finding = read(probe, status, body, model);
    if (finding.kind === "serves") return choose(finding.models, baseUrl, model);
    if (finding.kind === "refused") {
      throw unreachable(`MODEL: found "${model}"; ${url} answered HTTP ${status}: ${finding.why}`);
    }
    misses.push(`${url} answered HTTP ${status} and no ${finding.what}`);
  }
  // For servers that speak the protocol and no more.
  const { status } = await ask(server, `${baseUrl}/health`);
  if (status !== 200) {
    throw unreachable(`${[...misses, `${baseUrl}/health answered HTTP ${status}`].join("; ")}`);
  }
  if (model !== undefined) return model;
  throw unreachable(`MODEL: not set, and ${baseUrl} does not list its models`);
}

function pathOf(probe: ServerProbe, baseUrl: string, model: string | undefined): string {
  if (probe.kind !== "model-ready") return probe.path;
  if (model !== undefined) return probe.path(model);
  throw unreachable(`MODEL: not set, and ${baseUrl} can't be asked for the models it serves`);
}

function read(
  probe: ServerProbe,
  status: number,
  body: string,
  model: string | undefined,
): Finding {
  const json = parseJson(body);
  const object = isObject(json) ? json : {};
  switch (probe.kind) {
    case "model-list": {
      const entries = status === 200 ? listIn(object, "data") : undefined;
      if (entries === undefined) return { kind: "unknown", what: "list of models" };
      const ids = entries.map((entry) => (isObject(entry) ? textIn(entry, "id") : undefined));
      return { kind: "serves", models: ids.filter((id) => id !== undefined) };
    }
    case "server-info": {
      const served = status === 200 ? textIn(object, probe.modelField) : undefined;
      return served === undefined
        ? { kind: "unknown", what: probe.modelField }
        : { kind: "serves", models: [served] };
    }
    case "model-ready": {
      if (status === 200) return { kind: "serves", models: model === undefined ? [] : [model] };
      const why = textIn(object, "error");
      // A server without such a path says 404 as well, in its own words.
      if (status === 404 && why === undefined)
        return { kind: "unknown", what: "word of the model" };
      return { kind: "refused", why: why ?? (body.slice(0, SHOWN_CHARS) || "not ready") };
    }
    default:
      return probe satisfies never;
  }
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
