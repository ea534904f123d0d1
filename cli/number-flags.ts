import { InvalidArgumentError } from "commander";

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
