import { InvalidArgumentError } from "commander";

const MAX_MS = 3_600_000;

/** A parser of a flag that takes a whole number of `least` or more. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(
        `found "${text}", allowed: a whole number of ${least} or more`,
      );
    }
    return value;
  };
}

/** A parser of a flag that takes a share. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError(`found "${text}", allowed: a number from 0 to 1`);
  }
  return value;
}

/** A parser of a flag that takes milliseconds. */
export function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= MAX_MS)) {
    throw new InvalidArgumentError(`found "${text}", allowed: milliseconds from 0 to ${MAX_MS}`);
  }
  return value;
}
