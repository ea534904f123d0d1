import type { StreamCapture } from "../core/stream-protocol.ts";
import type { HttpCall } from "./http-call.ts";
import { captureJson } from "./json-transport.ts";
import type { ScenarioClock } from "./scenario-clock.ts";

/**
 * The same capture, of an HTTP error with the server's own words. xk6-sse drops the body of such an answer, so the request
 * is sent again by k6's client, and the words say so. For a request that stands alone: among others it would be load.
 */
export async function withErrorReason(
  capture: StreamCapture,
  call: HttpCall,
  clock: ScenarioClock,
): Promise<StreamCapture> {
  const { status, strayLine, eventData } = capture;
  if (status === null || status < 400 || strayLine !== null || eventData.length > 0) return capture;
  const again = await captureJson(call, clock, () => ({}));
  if (again.status !== status || again.strayLine === null) return capture;
  return { ...capture, strayLine: `(sent again to hear why) ${again.strayLine}` };
}
