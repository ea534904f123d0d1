// @transient
import { secretForms } from "./secret-forms.ts";

/** Takes a secret out of a text. */
export type Redact = (text: string) => string;

const INSTEAD = "[redacted]";
/**
 * A shorter key is not looked for: it is a part of ordinary words, so that a text would be blanked all over, and it guards
 * nothing. As much of a longer one at the end of a text is taken for the beginning of a key that was cut off with the text.
 */
const LEAST_CHARS = 4;
/** How many times over a text may have been escaped: a URL in JSON in HTML, say. */
const MOST_LAYERS = 4;

/**
 * Makes what takes a key out of texts from outside: as it is, cut off with the text, in hex or base64, and in escapes of
 * URLs, JSON and HTML. A text in which a key was escaped is given back without its escapes.
 */
export function createRedactor(apiKey: string | undefined): Redact {
  if (apiKey === undefined || apiKey.length < LEAST_CHARS) return (text) => text;
  // A key may itself look escaped; what quotes it is then found by what both come to.
  let plainKey = apiKey;
  for (let layer = 0; layer < MOST_LAYERS; layer++) plainKey = unescaped(plainKey);
  const forms = [...secretForms(apiKey), ...(plainKey.length < LEAST_CHARS ? [] : [plainKey])];
  const start = apiKey.slice(0, LEAST_CHARS);
  const hide: Redact = (text) => {
    let whole = text;
    for (const form of forms) {
      // Asking first is what costs least where there is none.
      if (whole.includes(form)) whole = whole.replaceAll(form, INSTEAD);
    }
    const end = whole.endsWith("…") ? whole.length - 1 : whole.length;
    const from = Math.max(0, end - apiKey.length + 1);
    for (let at = whole.indexOf(start, from); at >= 0; at = whole.indexOf(start, at + 1)) {
      if (apiKey.startsWith(whole.slice(at, end))) return whole.slice(0, at) + INSTEAD;
    }
    return whole;
  };
  return (text) => {
    let shown = hide(text);
    let plain = shown;
    for (let layer = 0; layer < MOST_LAYERS; layer++) {
      const next = unescaped(plain);
      if (next === plain) break;
      plain = hide(next);
      if (plain !== next) shown = plain;
    }
    return shown;
  };
}

/** HTML's names of ASCII punctuation, in its order. */
const NAMES =
  "excl quot num dollar percnt amp apos lpar rpar ast plus comma period sol colon semi lt equals gt quest commat lsqb bsol rsqb hat lowbar grave lcub verbar rcub";
const NAMED = "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}";

/**
 * A text with one layer of escapes taken back: of printable ASCII, which is all that a key is made of. `%2f`, `\u002f`,
 * `\u{2f}`, `\x2f`, `\/`, `&#47;`, `&#x2f;`, `&sol;`.
 */
function unescaped(text: string): string {
  if (!/[%&\\]/.test(text)) return text;
  const escapes =
    /%([2-7][\da-f])|\\(?:u00|u\{0*|x)([2-7][\da-f])\}?|&#x0*([2-7][\da-f]);?|&#0*(\d{2,3});?|&([a-z]{2,6});|\\([!-/:-@[-`{-~])/gi;
  return text.replace(escapes, (whole: string, ...groups: (string | undefined)[]) => {
    const [percent, script, html, decimal, name, character] = groups;
    const code = percent ?? script ?? html;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (decimal !== undefined) {
      const value = Number(decimal);
      return value > 32 && value < 127 ? String.fromCharCode(value) : whole;
    }
    if (name === undefined) return character ?? whole;
    return NAMED[NAMES.split(" ").indexOf(name.toLowerCase())] ?? whole;
  });
}
