// @transient

/**
 * A secret as it is, and as what holds it may be encoded: hex, and base64 in both alphabets. Escapes, which are per character,
 * are no forms: `redact` takes them back.
 *
 * @param secret ASCII, as a header takes it
 */
export function secretForms(secret: string): readonly string[] {
  const hex = Array.from(secret, (character) => hexOf(character.charCodeAt(0))).join("");
  const base64 = [0, 1, 2].map((before) => base64Of(secret, before));
  const forUrls = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...new Set([secret, hex, hex.toUpperCase(), ...base64, ...forUrls])];
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * What is the same in the base64 of every text that holds the secret after so many bytes (modulo 3): all but a character at
 * either end, which is made of its neighbour's bits too. By hand, since k6 has neither `btoa` nor `Buffer`.
 */
function base64Of(secret: string, bytesBefore: number): string {
  const startBit = 8 * bytesBefore;
  const from = Math.ceil(startBit / 6);
  const to = Math.floor((startBit + 8 * secret.length) / 6);
  return Array.from({ length: to - from }, (_, index) => {
    const bit = 6 * (from + index) - startBit;
    const byte = Math.floor(bit / 8);
    const twoBytes = secret.charCodeAt(byte) * 256 + (secret.charCodeAt(byte + 1) || 0);
    return ALPHABET[(twoBytes >> (10 - (bit % 8))) & 63];
  }).join("");
}
