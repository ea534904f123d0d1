import type { Metafile } from "esbuild";

export const MAX_KEPT_BYTES: number;
export function isK6Module(specifier: string): boolean;
export function bundleProblems(metafile: Metafile, transient: ReadonlySet<string>): string[];
export function keptBytes(
  output: Metafile["outputs"][string],
  transient: ReadonlySet<string>,
): number;
