import type { Decoder } from "./decoder.ts";

/** Of the range of the logits: rounding is below a thousandth of this, attention to the wrong keys far above. */
const TOLERANCE = 0.02;

/**
 * Whether a decoder gives a sequence the logits that reading it in one piece gives, also beside a longer neighbour
 * where it takes one. Some graphs load and run and would answer nonsense in a padded batch: those that take positions from the
 * number of columns (exports without position_ids), or count the mask's ones where they should read it
 * (GroupQueryAttention as onnxruntime-genai builds it).
 */
export async function decodesFaithfully(decoder: Decoder): Promise<boolean> {
  const prompt = [1, 2, 3];
  const next = 4;
  const whole = (await decoder.prefill([...prompt, next])).logits.slice();
  decoder.join(await decoder.prefill(prompt));
  if (decoder.maxRows > 1) {
    const longer = Array.from({ length: 20 }, (_, index) => 1 + (index % 7));
    decoder.join(await decoder.prefill(longer));
  }
  const [stepped] = await decoder.step(Array<number>(decoder.rows).fill(next));
  while (decoder.rows > 0) decoder.leave(decoder.rows - 1);
  let largest = Number.NEGATIVE_INFINITY;
  let smallest = Number.POSITIVE_INFINITY;
  let difference = 0;
  whole.forEach((value, token) => {
    largest = Math.max(largest, value);
    smallest = Math.min(smallest, value);
    difference = Math.max(difference, Math.abs(value - (stepped?.[token] ?? Number.NaN)));
  });
  return difference <= TOLERANCE * (largest - smallest);
}
