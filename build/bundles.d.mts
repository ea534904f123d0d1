export class BuildError extends Error {}
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}
export function profileNames(root: string): string[];
export function buildProfiles(root: string): Promise<WrittenFile[]>;
export function buildNodeEntries(root: string): Promise<WrittenFile[]>;
