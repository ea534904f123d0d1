/** Reads a file in k6's init phase; relative paths are relative to the file that calls `open`. */
export type OpenFile = (path: string) => string;
