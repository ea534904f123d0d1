/** IEEE 754 binary16, as bits, to numbers. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  values ??= allValues();
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = values[bits[i] ?? 0] ?? 0;
  return floats;
}

/** The number of each of the 65,536 bit patterns: a look-up is faster than taking each apart. */
let values: Float32Array | null = null;

function allValues(): Float32Array {
  return Float32Array.from({ length: 0x1_0000 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
