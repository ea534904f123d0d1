export const MAX_BUNDLE_BYTES: number;
export function isK6Module(specifier: string): boolean;
export function bundleProblems(output: {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string }[];
  readonly bytes: number;
}): string[];
