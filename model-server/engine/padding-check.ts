import { UserError } from "../../lib/core/user-error.ts";
import type { Decoder } from "./decoder.ts";

/** Of the range of the logits: rounding is below a thousandth of this, attention to the wrong keys far above. */
const TOLERANCE = 0.02;

/**
 * Decodes one token beside a longer neighbour and compares with reading it in one piece. Graphs that count the mask's ones
 * where they should read it (GroupQueryAttention as onnxruntime-genai builds it) load and run, and would answer nonsense.
 *
 * @throws UserError where the two differ
 */
export async function checkPadding(decoder: Decoder, graphFile: string): Promise<void> {
  const prompt = [1, 2, 3];
  const next = 4;
  const whole = (await decoder.prefill([...prompt, next])).logits.slice();
  decoder.join(await decoder.prefill(prompt));
  decoder.join(await decoder.prefill(Array.from({ length: 20 }, (_, index) => 1 + (index % 7))));
  const [stepped] = await decoder.step([next, next]);
  let largest = Number.NEGATIVE_INFINITY;
  let smallest = Number.POSITIVE_INFINITY;
  let difference = 0;
  whole.forEach((value, token) => {
    largest = Math.max(largest, value);
    smallest = Math.min(smallest, value);
    difference = Math.max(difference, Math.abs(value - (stepped?.[token] ?? Number.NaN)));
  });
  decoder.leave(1);
  decoder.leave(0);
  if (difference <= TOLERANCE * (largest - smallest)) return;
  throw new UserError(
    "bad-input",
    `${graphFile} gives other logits for a sequence in a padded batch than alone (they differ by up to ` +
      `${difference.toPrecision(3)}), so it can't be served: expected attention that follows attention_mask`,
  );
}
