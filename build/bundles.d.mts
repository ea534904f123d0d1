import type { BuildResult, Metafile, OutputFile } from "esbuild";

export class BuildError extends Error {}
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Of a profile's bundle: what each user of k6 keeps. */
  readonly keptBytes?: number;
}
export function profileNames(root: string): string[];
export function bundleProfiles(root: string): Promise<
  BuildResult & {
    readonly metafile: Metafile;
    readonly outputFiles: OutputFile[];
    readonly transient: ReadonlySet<string>;
  }
>;
export function buildProfiles(root: string): Promise<WrittenFile[]>;
export function buildNodeEntries(root: string): Promise<WrittenFile[]>;
