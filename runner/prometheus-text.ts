/** One sample line of Prometheus' text format. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y;
const NAME = /^([A-Za-z_:][A-Za-z0-9_:]*)\s*/;
const VALUE = /^\s*(\S+)/;

/**
 * The samples of a `/metrics` answer (Prometheus' text format 0.0.4, or OpenMetrics). Comments and what is no sample are
 * passed over; timestamps and exemplars are not kept. Small enough to have here: the packages for it sort samples
 * into families by type, which nobody needs here, are untyped, and have been still for years.
 */
export function parsePrometheusText(text: string): MetricSample[] {
  return text.split("\n").flatMap((line) => parseSample(line) ?? []);
}

function parseSample(line: string): MetricSample | undefined {
  const name = NAME.exec(line);
  if (name?.[1] === undefined) return undefined;
  const parsed = parseLabels(line, name[0].length);
  if (parsed === undefined) return undefined;
  const [, number] = VALUE.exec(line.slice(parsed.end)) ?? [];
  const value = number === undefined ? undefined : parseValue(number);
  return value === undefined ? undefined : { name: name[1], labels: parsed.labels, value };
}

/** Labels from `at` on, if there are any, and where they end; `undefined` where they are cut. */
function parseLabels(
  line: string,
  at: number,
): { readonly labels: Record<string, string>; readonly end: number } | undefined {
  const labels: Record<string, string> = {};
  if (line[at] !== "{") return { labels, end: at };
  let end = at + 1;
  for (;;) {
    LABEL.lastIndex = end;
    const match = LABEL.exec(line);
    const [, label, escaped] = match ?? [];
    if (label === undefined || escaped === undefined) break;
    labels[label] = escaped.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
    end = LABEL.lastIndex;
  }
  return line[end] === "}" ? { labels, end: end + 1 } : undefined;
}

function parseValue(text: string): number | undefined {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (text === "NaN") return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
