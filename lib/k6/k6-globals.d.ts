/** k6's console, which @types/k6 leaves to the DOM's types. */
declare const console: {
  log(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
};
