import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UserError } from "../lib/core/user-error.ts";

/**
 * onnxruntime-node's npm package holds no CUDA: its install script would fetch these from elsewhere, and this project
 * installs without scripts.
 */
const CUDA_LIBRARIES =
  process.platform === "win32"
    ? ["onnxruntime_providers_shared.dll", "onnxruntime_providers_cuda.dll"]
    : ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"];

/** Folder of ONNX Runtime's own library, where it looks for its providers' libraries. */
export function bindingDirectory(): string {
  const entry = createRequire(import.meta.url).resolve("onnxruntime-node");
  return join(dirname(dirname(entry)), "bin", "napi-v6", process.platform, process.arch);
}

/** Names of the CUDA provider's libraries that aren't where ONNX Runtime looks for them. */
export function missingCudaLibraries(): readonly string[] {
  const directory = bindingDirectory();
  return CUDA_LIBRARIES.filter((name) => !existsSync(join(directory, name)));
}

/**
 * @param version of onnxruntime-node
 * @param reason what ONNX Runtime said, where it was asked
 */
export function cudaUnavailable(version: string, reason: string | null): UserError {
  const missing = missingCudaLibraries();
  const said = reason === null ? "" : ` (ONNX Runtime: ${reason.trim()})`;
  const [what, remedy] =
    missing.length > 0
      ? [
          `ONNX Runtime's CUDA provider is not in ${bindingDirectory()}: no ${missing.join(", no ")}`,
          `Copy ${missing.join(" and ")} into that folder from onnxruntime/capi in the wheel onnxruntime-gpu ${version} ` +
            `(pip download --no-deps onnxruntime-gpu==${version}); then have ${CUDA_NEEDS}.`,
        ]
      : [
          `ONNX Runtime's CUDA provider in ${bindingDirectory()} does not work${missingDependency()}`,
          `It needs ${CUDA_NEEDS}.`,
        ];
  return new UserError(
    "unavailable",
    `CUDA is not available: ${what}${said}.\n${remedy} Or take the provider cpu. See docs/quality.md.`,
  );
}

const CUDA_NEEDS =
  "the NVIDIA driver, CUDA 13's cuBLAS, cuRAND and cuFFT, and cuDNN 9 where the loader finds them (LD_LIBRARY_PATH)";

/** The loader's own complaint, which ONNX Runtime keeps from its caller. */
function missingDependency(): string {
  for (const name of CUDA_LIBRARIES) {
    try {
      process.dlopen({ exports: {} }, join(bindingDirectory(), name));
    } catch (error) {
      const complaint = error instanceof Error ? error.message : "";
      const dependency = /^(\S+): cannot open shared object file/.exec(complaint)?.[1];
      if (dependency !== undefined) return `: the loader finds no ${dependency}`;
    }
  }
  return "";
}
