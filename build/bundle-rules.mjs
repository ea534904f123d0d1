import { PROFILE_ROOMS } from "./entries.mjs";

/** Each VU makes the functions and objects of the code: about 0.5 MB with 49 kB of it (docs/decisions/0011). */
export const MAX_BUNDLE_BYTES = 54_000;

/** Whether k6 itself answers the import. */
export const isK6Module = (specifier) => /^k6(\/|$)/.test(specifier);

/**
 * What is wrong with profiles' bundles, by esbuild's metafile: what really lands in them, whatever the sources say.
 *
 * @param {import("esbuild").Metafile} metafile
 * @returns {string[]} one sentence each; empty for good bundles
 */
export function bundleProblems({ inputs, outputs }) {
  const bundles = Object.entries(outputs).filter(([file]) => file.endsWith(".js"));
  return [
    ...Object.entries(inputs).flatMap(([file, { imports }]) => importProblems(file, imports)),
    ...bundles.flatMap(([file, { bytes }]) =>
      bytes <= MAX_BUNDLE_BYTES
        ? []
        : [
            `${file} is ${bytes} bytes; allowed: ${MAX_BUNDLE_BYTES} (each VU evaluates it, and keeps what it makes)`,
          ],
    ),
  ];
}

/** By what is read rather than by what is left: a constant of another room leaves no trace once it is inlined. */
function importProblems(file, imports) {
  return imports
    .filter(({ path, external }) => (external ? !isK6Module(path) : !isProfileSource(path)))
    .map(
      ({ path }) =>
        `${file} imports ${path}; a profile may import k6, k6/* and TypeScript of ${PROFILE_ROOMS.join(" and ")} only`,
    );
}

function isProfileSource(path) {
  const [room] = path.split("/");
  return PROFILE_ROOMS.includes(room) && path.endsWith(".ts");
}
