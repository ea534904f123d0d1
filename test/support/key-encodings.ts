/** How a server, a proxy or a log may write a key that it quotes; by Node's own encoders, where it has one. */
export const KEY_ENCODINGS: Readonly<Record<string, (key: string) => string>> = {
  "as it is": (key) => key,
  "in a URL": encodeURIComponent,
  "in a URL, lower case": (key) => encodeURIComponent(key).replace(/%../g, lower),
  "in a URL, every byte": (key) => perCharacter(key, (hex) => `%${hex}`),
  "in a URL, every byte, upper case": (key) => perCharacter(key, (hex) => `%${hex.toUpperCase()}`),
  "in a URL in a URL": (key) => encodeURIComponent(encodeURIComponent(key)),
  "in JSON": (key) => JSON.stringify(key).slice(1, -1),
  "in JSON in JSON": (key) => JSON.stringify(JSON.stringify(key)).slice(3, -3),
  "in JSON, slashes escaped": (key) => key.replaceAll("/", "\\/"),
  "in JSON, every character": (key) => perCharacter(key, (hex) => `\\u00${hex}`),
  "in JSON, every character, upper case": (key) =>
    perCharacter(key, (hex) => `\\u00${hex.toUpperCase()}`),
  "in a script": (key) => perCharacter(key, (hex) => `\\x${hex}`),
  "in a script, by code points": (key) => perCharacter(key, (hex) => `\\u{${hex}}`),
  "in HTML": (key) =>
    key.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  "in HTML, names": (key) =>
    key.replaceAll("/", "&sol;").replaceAll("+", "&plus;").replaceAll("=", "&equals;"),
  "in HTML, hex": (key) => perCharacter(key, (hex) => `&#x${hex};`),
  "in HTML, hex, upper case": (key) => perCharacter(key, (hex) => `&#X00${hex.toUpperCase()};`),
  "in HTML, decimal": (key) => perCharacter(key, (hex) => `&#${Number.parseInt(hex, 16)};`),
  "in HTML in JSON in a URL": (key) =>
    encodeURIComponent(JSON.stringify(perCharacter(key, (hex) => `&#x${hex};`))),
  "in hex": (key) => Buffer.from(key).toString("hex"),
  "in hex, upper case": (key) => Buffer.from(key).toString("hex").toUpperCase(),
  "in base64": (key) => Buffer.from(key).toString("base64"),
  "in base64 without padding": (key) => Buffer.from(key).toString("base64").replace(/=+$/, ""),
  "in base64 for URLs": (key) => Buffer.from(key).toString("base64url"),
  "in base64 after a byte": (key) => Buffer.from(`:${key}`).toString("base64"),
  "in base64 after two bytes": (key) => Buffer.from(`u:${key}`).toString("base64"),
  "in base64 of a header": (key) => Buffer.from(`user:${key}@gpu`).toString("base64"),
  "in base64 of a header, for URLs": (key) => Buffer.from(`"ü:${key}"}`).toString("base64url"),
  "in base64 in a URL": (key) => encodeURIComponent(Buffer.from(`a${key}`).toString("base64")),
};

/** What of an encoded key must not be left: all of it but what may hold bits of other bytes too. */
export function coreOf(encoded: string): string {
  if (encoded.length < 16) return encoded;
  return encoded.slice(4, -4);
}

function perCharacter(key: string, encode: (hex: string) => string): string {
  return Array.from(Buffer.from(key), (byte) => encode(byte.toString(16).padStart(2, "0"))).join(
    "",
  );
}

function lower(text: string): string {
  return text.toLowerCase();
}
