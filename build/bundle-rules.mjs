import { PROFILE_ROOMS } from "./entries.mjs";

/** Of code that each user evaluates and keeps, which is what a bundle costs k6 (docs/decisions/0011). */
export const MAX_KEPT_BYTES = 40_000;

/** Whether k6 itself answers the import. */
export const isK6Module = (specifier) => /^k6(\/|$)/.test(specifier);

/**
 * What is wrong with profiles' bundles, by esbuild's metafile: what really lands in them, whatever the sources say.
 *
 * @param {import("esbuild").Metafile} metafile
 * @param {ReadonlySet<string>} transient files whose functions no user keeps
 * @returns {string[]} one sentence each; empty for good bundles
 */
export function bundleProblems({ inputs, outputs }, transient) {
  const bundles = Object.entries(outputs).filter(([file]) => file.endsWith(".js"));
  return [
    ...Object.entries(inputs).flatMap(([file, { imports }]) => importProblems(file, imports)),
    ...bundles.flatMap(([file, output]) => sizeProblems(file, keptBytes(output, transient))),
  ];
}

/**
 * How much of a bundle each user keeps: all but its transient modules.
 *
 * @param {import("esbuild").Metafile["outputs"][string]} output
 * @param {ReadonlySet<string>} transient
 */
export function keptBytes({ bytes, inputs }, transient) {
  return Object.entries(inputs)
    .filter(([file]) => transient.has(file))
    .reduce((kept, [, { bytesInOutput }]) => kept - bytesInOutput, bytes);
}

function sizeProblems(file, kept) {
  if (kept <= MAX_KEPT_BYTES) return [];
  return [
    `${file} has ${kept} bytes of code that each user keeps; allowed: ${MAX_KEPT_BYTES} (see docs/decisions/0011)`,
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
