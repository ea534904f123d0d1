import type { ServerProbe } from "./stream-client.ts";

/** The models that an OpenAI-compatible server has. */
export function modelList(): ServerProbe {
  return { kind: "model-list", path: "/v1/models" };
}

/** The one model of a Hugging Face server. */
export function serverInfo(): ServerProbe {
  return { kind: "server-info", path: "/info", modelField: "model_id" };
}
