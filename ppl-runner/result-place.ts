import { mkdtempSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { unwritable } from "../records/atomic-file.ts";
import { makeFolder } from "../records/make-folder.ts";

/** A folder for a result to come. */
export interface ResultPlace {
  /** Takes back the folders that were made for it, if they are still empty. */
  readonly abandon: () => void;
}

/**
 * Makes a folder and sees that it can be written, before hours are spent on what would go there.
 *
 * @throws UserError where it can't
 */
export function prepareResultPlace(directory: string): ResultPlace {
  let firstMade: string | undefined;
  const abandon = (): void => {
    if (firstMade === undefined) return;
    for (let path = directory; ; path = dirname(path)) {
      try {
        rmdirSync(path);
      } catch {
        return;
      }
      if (path === firstMade) return;
    }
  };
  try {
    firstMade = makeFolder(directory);
    rmdirSync(mkdtempSync(join(directory, ".probe-")));
  } catch (cause) {
    abandon();
    throw unwritable(directory, cause);
  }
  return { abandon };
}
