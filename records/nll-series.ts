import { UserError } from "../lib/core/user-error.ts";
import type { QualityFile } from "./quality.ts";

/** Per-token NLLs as `quality.json` holds them: little-endian float32, base64. */
export function encodeNlls(nlls: Float32Array): QualityFile["nlls"] {
  const bytes = Buffer.alloc(nlls.length * Float32Array.BYTES_PER_ELEMENT);
  nlls.forEach((nll, index) => {
    bytes.writeFloatLE(nll, index * Float32Array.BYTES_PER_ELEMENT);
  });
  return { encoding: "f32le-base64", data: bytes.toString("base64") };
}

/**
 * NLL of each scored token in nats, in text order.
 *
 * @throws UserError where their count is not the file's `scoredTokens`
 */
export function decodeNlls(file: Pick<QualityFile, "id" | "nlls" | "scoredTokens">): Float32Array {
  const bytes = Buffer.from(file.nlls.data, "base64");
  const count = bytes.length / Float32Array.BYTES_PER_ELEMENT;
  if (count !== file.scoredTokens) {
    throw new UserError(
      "bad-input",
      `quality ${file.id}: nlls holds ${count} numbers, but scoredTokens is ${file.scoredTokens}`,
    );
  }
  return Float32Array.from({ length: count }, (_, index) =>
    bytes.readFloatLE(index * Float32Array.BYTES_PER_ELEMENT),
  );
}
