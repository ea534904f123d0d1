import type { BuildResult, Metafile, OutputFile } from "esbuild";

export class BuildError extends Error {}
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}
export function profileNames(root: string): string[];
export function bundleProfiles(
  root: string,
): Promise<BuildResult & { readonly metafile: Metafile; readonly outputFiles: OutputFile[] }>;
export function buildProfiles(root: string): Promise<WrittenFile[]>;
export function buildNodeEntries(root: string): Promise<WrittenFile[]>;
