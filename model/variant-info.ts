import { z } from "zod";
import { parseModelFile, readOptionalModelFile } from "./model-file.ts";

const variantInfoSchema = z.looseObject({
  /** Name of the variant in results. */
  name: z.string().min(1).optional(),
});

/** `variant.json`: what its maker says of a model directory. */
export type VariantInfo = z.infer<typeof variantInfoSchema>;

/** @throws UserError where the file is there and can't be used */
export function readVariantInfo(directory: string): VariantInfo | null {
  const file = readOptionalModelFile(directory, "variant.json");
  return file === null ? null : parseModelFile(file, variantInfoSchema);
}
