import { Gauge, Registry } from "prom-client";
import { expect, test } from "vitest";
import { parsePrometheusText } from "../../../runner/prometheus-text.ts";

// The example of the format's own description (prometheus.io, exposition formats), shortened.
const EXAMPLE = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045
http_request_duration_seconds_bucket{le="+Inf"} 144320
rpc_duration_seconds{ quantile="0.01", } 3102
`;

test("reads the example of the format's description", () => {
  expect(parsePrometheusText(EXAMPLE)).toEqual([
    { name: "http_requests_total", labels: { method: "post", code: "200" }, value: 1027 },
    {
      name: "msdos_file_access_time_seconds",
      labels: { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find file:\n"FILE.TXT"' },
      value: 1458255915,
    },
    { name: "metric_without_timestamp_and_labels", labels: {}, value: 12.47 },
    {
      name: "something_weird",
      labels: { problem: "division by zero" },
      value: Number.POSITIVE_INFINITY,
    },
    { name: "http_request_duration_seconds_bucket", labels: { le: "+Inf" }, value: 144320 },
    { name: "rpc_duration_seconds", labels: { quantile: "0.01" }, value: 3102 },
  ]);
});

test.each([
  "",
  "}",
  "name",
  "name{",
  'name{a="b"',
  'name{a="b} 1',
  "name{a=b} 1",
  "name one",
  "<html>",
])("passes over what is no sample: %j", (line) => {
  expect(parsePrometheusText(line)).toEqual([]);
});

test("reads what a Prometheus client writes, whatever is in the labels", async () => {
  const register = new Registry();
  const gauge = new Gauge({ name: "g", help: "h", labelNames: ["l"], registers: [register] });
  const labels = ['a"b', "a\\b", "a\nb", "a,b=}", "é {", "\\n", ""];
  for (const [i, l] of labels.entries()) gauge.set({ l }, i + 0.5);
  expect(parsePrometheusText(await register.metrics())).toEqual(
    labels.map((l, i) => ({ name: "g", labels: { l }, value: i + 0.5 })),
  );
});
