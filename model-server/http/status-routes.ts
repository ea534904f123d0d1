import type { GenerationService } from "../generation-service.ts";
import type { Route } from "./http-server.ts";

/** `/health` (200 with no body while requests can be answered, else 503, as vLLM's) and `/metrics`. */
export function statusRoutes(service: GenerationService): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/health",
      handle: ({ response }) => {
        response.writeHead(service.failure === null ? 200 : 503, { "Content-Length": 0 });
        response.end();
      },
    },
    {
      method: "GET",
      path: "/metrics",
      handle: async ({ response }) => {
        const { contentType, text } = await service.metrics.render();
        response.writeHead(200, { "Content-Type": contentType });
        response.end(text);
      },
    },
  ];
}
