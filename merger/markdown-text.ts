/** A copy of a plain value with every text in it replaced, and every name of a member if need be. */
export function mapStrings(
  value: unknown,
  replace: (text: string) => string,
  replaceName: (name: string) => string = (name) => name,
): unknown {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, replace, replaceName));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      replaceName(name),
      mapStrings(item, replace, replaceName),
    ]),
  );
}

/** A space without width parts a mark from the word after it; as an entity, so that it is seen in the source. */
const APART = "\u200b";
const APART_ENTITY = "&#8203;";
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", $: "&#36;" };
/** What starts a tag, a table's cell, an emphasis, a link, a formula or another character. */
const SYNTAX = /[\\`*_[\]<>|~&$]/g;
/**
 * What GitHub or GitLab makes a mention, a reference or a link of, which notify people and leave traces in other issues:
 * `@user`, `#1`, `GH-1`, `!1`, `~label`, `https://`, `www.`. Escapes do not help, since they read the text that escapes come to.
 */
const REFERENCES = /[@#]|[!%~&$](?=[\w"])|\bGH(?=-\d)|:(?=\/\/)|\bwww(?=\.)/gi;
/** What makes a paragraph something else where it starts it: a list, a rule, a heading. */
const BLOCK_START = /^(?=[-+](?: |$)|\d{1,9}[.)](?: |$)|[-=]+$)/;

/** A text from outside as Markdown shows it word for word, on one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(REFERENCES, `$&${APART}`)
    .replace(SYNTAX, (mark) => ENTITIES[mark] ?? `\\${mark}`)
    .replace(BLOCK_START, APART)
    .replaceAll(APART, APART_ENTITY);
}
