import http from "k6/http";
import { UserError } from "../core/user-error.ts";

const CHECK_TIMEOUT = "10s";

/**
 * Makes sure before any load that the server answers and knows the model.
 *
 * @returns the name of the model to ask for: the one given, or the only one that is served
 * @throws UserError (`target-unreachable`) saying what the server answered, or which models it serves
 */
export async function checkServer(
  baseUrl: string,
  model: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const url = `${baseUrl}/v1/models`;
  const { status, error, body } = await get(url, headers);
  if (status === 0) throw unreachable(`nobody answers at ${baseUrl}: ${error}`);
  if (status === 401 || status === 403) {
    throw unreachable(`${url} answered HTTP ${status}: is API_KEY set, and right?`);
  }
  const served = status === 200 ? servedModels(body) : undefined;
  if (served === undefined) {
    await checkHealth(baseUrl, headers, `${url} answered HTTP ${status} and no list of models`);
    if (model !== undefined) return model;
    throw unreachable(`MODEL: not set, and ${baseUrl} does not list its models`);
  }
  if (model === undefined) {
    const [only, ...others] = served;
    if (only !== undefined && others.length === 0) return only;
    throw unreachable(`MODEL: not set, allowed: a model that ${baseUrl} serves: ${listed(served)}`);
  }
  if (!served.includes(model)) {
    throw unreachable(
      `MODEL: found "${model}", allowed: a model that ${baseUrl} serves: ${listed(served)}`,
    );
  }
  return model;
}

/** For servers that have no `/v1/models`: TGI's and Triton's answer at `/health` or not at all. */
async function checkHealth(
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  otherwise: string,
): Promise<void> {
  const { status } = await get(`${baseUrl}/health`, headers);
  if (status !== 200) throw unreachable(`${otherwise}; ${baseUrl}/health answered HTTP ${status}`);
}

async function get(url: string, headers: Readonly<Record<string, string>>) {
  const response = await http.get(url, {
    headers: { ...headers },
    timeout: CHECK_TIMEOUT,
    responseType: "text",
    tags: { phase: "setup" },
  });
  return {
    status: response.status,
    error: response.error,
    body: typeof response.body === "string" ? response.body : "",
  };
}

/** Names in an OpenAI model list; `undefined` where the answer is none. */
function servedModels(body: string): string[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || !("data" in json)) return undefined;
  if (!Array.isArray(json.data)) return undefined;
  const models: readonly unknown[] = json.data;
  return models.flatMap((entry) =>
    typeof entry === "object" && entry !== null && "id" in entry && typeof entry.id === "string"
      ? [entry.id]
      : [],
  );
}

function listed(models: readonly string[]): string {
  return models.length === 0 ? "none" : models.join(", ");
}

function unreachable(message: string): UserError {
  return new UserError("target-unreachable", message);
}
