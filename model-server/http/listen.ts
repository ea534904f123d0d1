import { once } from "node:events";
import type { Server } from "node:http";
import { UserError } from "../../lib/core/user-error.ts";

/**
 * @param port 0: any free one
 * @returns the port listened on
 * @throws UserError where it can't be listened on
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    // Throws at once for a port that is none.
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError("bad-input", `can't listen on ${host}:${port}: ${reason}`, {
      cause: error,
    });
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}
