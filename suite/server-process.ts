import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { parseJson } from "../lib/core/parse-json.ts";
import { UserError } from "../lib/core/user-error.ts";

/** A model server in a process of its own, so that serving and loading don't share an event loop. */
export interface ServerProcess {
  readonly url: string;
  readonly model: string;
  stop(): Promise<void>;
}

const readySchema = z.object({ url: z.string(), model: z.string() });

/**
 * Starts `tradeoff model-server --json` for a model directory and waits for its ready line. The server ends itself when
 * this process is gone (its IPC channel closes).
 *
 * @throws UserError with the server's own words where it does not come up
 */
export async function startServerProcess(
  commandEntry: string,
  modelDirectory: string,
): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [commandEntry, "model-server", "--model", modelDirectory, "--port", "0", "--json"],
    { stdio: ["ignore", "pipe", "pipe", "ipc"], detached: process.platform !== "win32" },
  );
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ready = await new Promise<z.infer<typeof readySchema>>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      const words = stderr.replace(/^tradeoff: /, "").trim();
      reject(new UserError("bad-input", words || "the model server ended before it was ready"));
    });
    if (child.stdout === null) return;
    createInterface(child.stdout).once("line", (line) => {
      const parsed = readySchema.safeParse(parseJson(line));
      if (parsed.success) resolve(parsed.data);
      else reject(new Error(`the model server's ready line is not understood: ${line}`));
    });
  });
  return {
    ...ready,
    stop: async () => {
      // Which ends it, also where there are no signals; it may have ended by itself.
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
