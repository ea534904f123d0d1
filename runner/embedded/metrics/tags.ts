/** Tags of a sample, by name. */
export type Tags = Readonly<Record<string, string>>;

export const NO_TAGS: Tags = Object.freeze({});

/**
 * Check the tags that a script gave, as k6 does: strings, numbers and booleans only.
 *
 * @throws TypeError on anything else
 */
export function parseTags(value: unknown): Tags {
  if (value === undefined || value === null) return NO_TAGS;
  const tags: Record<string, string> = {};
  for (const [name, tag] of Object.entries(value)) tags[name] = parseTag(name, tag);
  return tags;
}

function parseTag(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TypeError(
    `invalid value for metric tag '${name}': only String, Boolean and Number types are accepted as a metric tag values`,
  );
}
