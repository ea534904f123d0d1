/**
 * A text as one argument of a command that a person pastes: in quotes where a shell would part it or do something with it. A path
 * with blanks has double ones, which every shell knows.
 */
export function shellArgument(text: string): string {
  if (/^[\w@%+=:,./\\~-]+$/.test(text)) return text;
  return /^[\w@%+=:,./\\~ -]+$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
