import type { Metafile } from "esbuild";

export const MAX_BUNDLE_BYTES: number;
export function isK6Module(specifier: string): boolean;
export function bundleProblems(metafile: Metafile): string[];
