/** One encoded field of a protobuf message, or several. */
export type Encoded = Uint8Array;

const VARINT = 0;
const LENGTH = 2;

/** A field that holds a message. */
export function message(field: number, ...content: readonly Encoded[]): Encoded {
  const bytes = Buffer.concat(content);
  return Buffer.concat([varint(field * 8 + LENGTH), varint(bytes.length), bytes]);
}

/** A field that holds a string. */
export function text(field: number, value: string): Encoded {
  return message(field, Buffer.from(value, "utf8"));
}

/** A field that holds a whole number, not negative. */
export function integer(field: number, value: number): Encoded {
  return Buffer.concat([varint(field * 8 + VARINT), varint(value)]);
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function varint(value: number): Encoded {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...bytes, rest]);
}
