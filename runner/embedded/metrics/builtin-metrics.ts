import type { Metric } from "./metric.ts";
import type { MetricRegistry } from "./metric-registry.ts";

/** k6's own metrics that this engine fills, under k6's names, types and units. */
export interface BuiltinMetrics {
  readonly vus: Metric;
  readonly vusMax: Metric;
  readonly iterations: Metric;
  readonly iterationDuration: Metric;
  readonly droppedIterations: Metric;
  readonly checks: Metric;
  readonly groupDuration: Metric;
  readonly httpReqs: Metric;
  readonly httpReqFailed: Metric;
  readonly httpReqDuration: Metric;
  readonly httpReqBlocked: Metric;
  readonly httpReqConnecting: Metric;
  readonly httpReqTlsHandshaking: Metric;
  readonly httpReqSending: Metric;
  readonly httpReqWaiting: Metric;
  readonly httpReqReceiving: Metric;
  readonly dataSent: Metric;
  readonly dataReceived: Metric;
}

export function declareBuiltinMetrics(registry: MetricRegistry): BuiltinMetrics {
  const metrics = {
    vus: registry.declare("vus", "gauge"),
    vusMax: registry.declare("vus_max", "gauge"),
    iterations: registry.declare("iterations", "counter"),
    iterationDuration: registry.declare("iteration_duration", "trend", "time"),
    droppedIterations: registry.declare("dropped_iterations", "counter"),
    checks: registry.declare("checks", "rate"),
    groupDuration: registry.declare("group_duration", "trend", "time"),
    httpReqs: registry.declare("http_reqs", "counter"),
    httpReqFailed: registry.declare("http_req_failed", "rate"),
    httpReqDuration: registry.declare("http_req_duration", "trend", "time"),
    httpReqBlocked: registry.declare("http_req_blocked", "trend", "time"),
    httpReqConnecting: registry.declare("http_req_connecting", "trend", "time"),
    httpReqTlsHandshaking: registry.declare("http_req_tls_handshaking", "trend", "time"),
    httpReqSending: registry.declare("http_req_sending", "trend", "time"),
    httpReqWaiting: registry.declare("http_req_waiting", "trend", "time"),
    httpReqReceiving: registry.declare("http_req_receiving", "trend", "time"),
    dataSent: registry.declare("data_sent", "counter", "data"),
    dataReceived: registry.declare("data_received", "counter", "data"),
  };
  // The one submetric that k6 keeps unasked.
  registry.keepSubmetric(metrics.httpReqDuration, "expected_response:true");
  return metrics;
}
