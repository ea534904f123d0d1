import { env, InferenceSession } from "onnxruntime-node";
import { UserError } from "../lib/core/user-error.ts";
import { cudaUnavailable, missingCudaLibraries } from "./cuda-provider.ts";
import { profileProviders } from "./used-provider.ts";

export type ProviderChoice = "cpu" | "cuda" | "auto";
export type UsedProvider = "cpu" | "cuda";

export interface SessionRequest {
  /** A path, or the bytes of a model file. */
  readonly graph: string | Uint8Array;
  /** What to name in complaints. */
  readonly graphFile: string;
  /** Folder of the weight files, for a graph that is given as bytes. */
  readonly weightsDirectory?: string;
  readonly provider: ProviderChoice;
  /** Threads that compute one operator; ONNX Runtime takes one a physical core unless told. */
  readonly intraOpThreads?: number;
  /** Runs the session once, on anything: to see where it runs. */
  readonly tryOut: (session: InferenceSession) => Promise<unknown>;
}

export interface OpenSession {
  readonly session: InferenceSession;
  /** What ran the graph: seen in a profile for CUDA, not believed. */
  readonly provider: UsedProvider;
}

export const ONNXRUNTIME_VERSION: string = env.versions.node ?? env.versions.common;

/** ONNX Runtime prints what it also throws. */
const FATAL_ONLY = 4;

/**
 * Loads a graph. `auto` takes CUDA if its libraries are there and it works.
 *
 * @throws UserError for a graph that can't be loaded, and where CUDA is asked for and isn't to be had
 */
export async function openSession(request: SessionRequest): Promise<OpenSession> {
  switch (request.provider) {
    case "cpu":
      return openOnCpu(request);
    case "cuda":
      return openOnCuda(request);
    case "auto":
      if (missingCudaLibraries().length > 0) return openOnCpu(request);
      return openOnCuda(request).catch((error: unknown) => {
        if (error instanceof UserError && error.code === "unavailable") return openOnCpu(request);
        throw error;
      });
    default:
      return request.provider satisfies never;
  }
}

async function openOnCpu(request: SessionRequest): Promise<OpenSession> {
  try {
    return { session: await create(request, { executionProviders: ["cpu"] }), provider: "cpu" };
  } catch (cause) {
    throw new UserError(
      "bad-input",
      `${request.graphFile} can't be loaded by ONNX Runtime ${ONNXRUNTIME_VERSION}: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

async function openOnCuda(request: SessionRequest): Promise<OpenSession> {
  if (missingCudaLibraries().length > 0) {
    throw cudaUnavailable(ONNXRUNTIME_VERSION, await cudaComplaint(request));
  }
  const profiled = await profileProviders(
    (profiling) => create(request, { executionProviders: ["cuda"], ...profiling }),
    request.tryOut,
  ).catch(async (cause: unknown) => {
    // A graph that does not load on the CPU either is the graph's fault.
    await (await openOnCpu(request)).session.release();
    throw cudaUnavailable(ONNXRUNTIME_VERSION, reasonOf(cause));
  });
  const { session, nodes } = profiled;
  if (nodes.has("CUDAExecutionProvider")) return { session, provider: "cuda" };
  await session.release();
  const ran = [...nodes.keys()].join(", ");
  throw new UserError(
    "unavailable",
    `CUDA was asked for, but none of the operators of ${request.graphFile} ran on it (they ran on ${ran})`,
  );
}

/** What ONNX Runtime says when it is asked for CUDA without its libraries; `null` if it says nothing. */
async function cudaComplaint(request: SessionRequest): Promise<string | null> {
  try {
    const session = await create(request, { executionProviders: ["cuda"] });
    await session.release();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

function create(
  request: SessionRequest,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  env.logLevel = "fatal";
  const all: InferenceSession.SessionOptions = {
    logSeverityLevel: FATAL_ONLY,
    ...(request.intraOpThreads === undefined ? {} : { intraOpNumThreads: request.intraOpThreads }),
    ...(request.weightsDirectory === undefined
      ? {}
      : {
          extra: {
            session: { model_external_initializers_file_folder_path: request.weightsDirectory },
          },
        }),
    ...options,
  };
  return typeof request.graph === "string"
    ? InferenceSession.create(request.graph, all)
    : InferenceSession.create(request.graph, all);
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}
