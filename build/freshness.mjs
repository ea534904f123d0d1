import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { profileNames } from "./bundles.mjs";
import { NODE_ENTRIES, NODE_ROOMS, PROFILE_ROOMS } from "./entries.mjs";

const SOURCE = /\.(ts|hbs|css|mjs)$/;

/** Whether everything that is built is there and newer than what it is built from. */
export function isFresh(root) {
  const names = profileNames(root);
  const built = [
    ...names.map((name) => join(root, "dist", `${name}.js`)),
    ...Object.keys(NODE_ENTRIES).map((name) => join(root, ".build", `${name}.js`)),
  ];
  const oldest = Math.min(...built.map(modifiedMs));
  return sources(root).every((file) => modifiedMs(file) < oldest);
}

function sources(root) {
  const rooms = new Set(["build", ...PROFILE_ROOMS, ...NODE_ROOMS]);
  return [...rooms].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/** Of a file that is not there: as old as can be. */
function modifiedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
