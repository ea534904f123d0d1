// @transient

/**
 * What may be printed of a line of text that came from outside: nothing that can't be seen, and nothing that a CI takes for a
 * command where it reads the log. GitHub's are `::` at the start of a line, whatever blanks stand before it, and `##[`
 * anywhere (actions/runner, ActionCommand.cs); Azure's and TeamCity's are `##vso[` and `##teamcity[`; GitLab's sections need
 * an escape code.
 */
export function printableLine(text: string): string {
  return Array.from(text, (character) => (isSeen(character) ? character : UNSEEN))
    .join("")
    .replace(/\0+/g, " ")
    .replace(/^([^!-~]*):(?=:)/, "$1: ")
    .replace(/##(?=\w*\[)/g, "# #");
}

/** The same of a text whose ends of lines are meant. */
export function printable(text: string): string {
  return text.split("\n").map(printableLine).join("\n");
}

const UNSEEN = "\0";

/** First and last of the code points that can't be seen, or move what can. As numbers, since k6's patterns know no \p{C}. */
const UNSEEN_RANGES = [
  // Controls: line ends, escape codes in 7 bits and in 8.
  [0x00, 0x08],
  [0x0a, 0x1f],
  [0x7f, 0x9f],
  // What has no width, ends lines, or turns the order of letters round.
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff0, 0xfffb],
  // Halves of characters, characters of nobody's, and tags.
  [0xd800, 0xf8ff],
  [0xfffe, 0xffff],
  [0xe0000, 0x10ffff],
] as const;

/** Whether a character can be seen where it stands. */
export function isSeen(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return !UNSEEN_RANGES.some(([first, last]) => code >= first && code <= last);
}
