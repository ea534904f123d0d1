import type { TradeoffReport } from "../records/report.ts";
import { percent, significant } from "./format.ts";

type Timeline = TradeoffReport["timelines"][number];
type ClientPoint = Timeline["points"][number];
type ServerPoint = Timeline["server"][number];

const ABSENT = "–";
const TIMES_SHOWN = 12;

/** The figures of the charts over time as a table: of each run some of its moments, and a dash for what is not known. */
export function timelineTable({ timelines }: TradeoffReport) {
  return timelines.flatMap(({ run, variant, points, server }) => {
    const stride = Math.max(1, Math.ceil(points.length / TIMES_SHOWN));
    return points
      .filter((_, i) => i % stride === 0)
      .map((point) => ({
        run,
        variant,
        at: String(point.atSeconds),
        ...ofRequests(point),
        ...ofServer(newestBefore(server, point.atSeconds, points)),
      }));
  });
}

function ofRequests({ tokensPerSecond, inFlight, ttftMs }: ClientPoint) {
  return {
    speed: significant(tokensPerSecond),
    inFlight: significant(inFlight),
    ttft: ttftMs === null ? ABSENT : significant(ttftMs),
  };
}

function ofServer(point: ServerPoint | undefined) {
  const share = (value: number | null | undefined) => (value == null ? ABSENT : percent(value));
  return {
    waiting: point?.waiting == null ? ABSENT : significant(point.waiting),
    cache: share(point?.kvCacheUsage),
    gpu: share(point?.gpuUtilization),
    gpuMemory: share(point?.gpuMemoryUsage),
  };
}

/** The server is asked once a second, steps may be shorter: what it said in this step, or in the two before it. */
function newestBefore(
  server: readonly ServerPoint[],
  atSeconds: number,
  [first, second]: readonly ClientPoint[],
): ServerPoint | undefined {
  const stepSeconds = (second?.atSeconds ?? 0) - (first?.atSeconds ?? 0);
  return server.findLast(
    (point) => point.atSeconds <= atSeconds && point.atSeconds >= atSeconds - 2 * stepSeconds,
  );
}
