/**
 * A 64-bit hash of a text as 16 hexadecimal digits: FNV-1a-like over its UTF-16 units, in two 32-bit lanes with a multiplier each. Tells whether two
 * answers are the same without keeping them; not for anything that someone might want to forge.
 */
export function textHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return hex(high) + hex(low);
}

/** 32 bits as 8 hexadecimal digits. */
function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, "0");
}
