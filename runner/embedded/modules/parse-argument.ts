import type { z } from "zod";
import { HostError } from "../script/host-error.ts";

/** Parse what a script passed. @throws HostError naming the function and the field */
export function parseArgument<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [what, ...(issue?.path ?? [])].map(String).join(".");
  throw new HostError(`${path}: ${issue?.message ?? "not valid"}`);
}
