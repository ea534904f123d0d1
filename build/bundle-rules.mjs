import { PROFILE_ROOMS } from "./entries.mjs";

/** A thousand VUs hold 770 MB with 38 kB of code and 1.6 GB with 100 kB. */
export const MAX_BUNDLE_BYTES = 40_000;

/** Whether k6 itself answers the import. */
export const isK6Module = (specifier) => /^k6(\/|$)/.test(specifier);

/**
 * What is wrong with a profile's bundle, by esbuild's metafile: what really lands in it, whatever the sources say.
 *
 * @param {{ inputs: Record<string, unknown>, imports: { path: string }[], bytes: number }} output of the metafile
 * @returns {string[]} one sentence each; empty for a good bundle
 */
export function bundleProblems(output) {
  const problems = [];
  for (const { path } of output.imports) {
    if (!isK6Module(path)) problems.push(`imports ${path}; allowed: k6 and k6/* only`);
  }
  for (const input of Object.keys(output.inputs)) {
    const [room] = input.split("/");
    if (!PROFILE_ROOMS.includes(room) || !input.endsWith(".ts")) {
      problems.push(`holds ${input}; allowed: TypeScript of ${PROFILE_ROOMS.join(" and ")} only`);
    }
  }
  if (output.bytes > MAX_BUNDLE_BYTES) {
    problems.push(
      `is ${output.bytes} bytes; allowed: ${MAX_BUNDLE_BYTES} (each VU holds a copy in memory)`,
    );
  }
  return problems;
}
