// Samples of every kind of metric, with tags, checks and groups; all figures but times go to standard output.
import { check, group } from "k6";
import { Counter, Gauge, Rate, Trend } from "k6/metrics";

const time = new Trend("t_time", true);
const plain = new Trend("t_plain");
const rate = new Rate("r_some");
const counter = new Counter("c_some");
const gauge = new Gauge("g_some");
new Trend("t_empty", true);
new Rate("r_empty");

export const options = {
  vus: 1,
  iterations: 7,
  summaryTrendStats: ["avg", "min", "med", "max", "p(50)", "p(90)", "p(99)", "p(99.9)", "count"],
  thresholds: {
    "t_time{phase:steady}": ["p(95)<10", "max>22", "min==1.25"],
    t_time: ["avg<1000", "p(99.9)>=0", "med!=3"],
    r_some: ["rate>0.1"],
    c_some: ["count==28"],
    g_some: ["value<100"],
    t_empty: ["p(95)<1"],
    r_empty: ["rate>0.5"],
    "t_empty{a:b}": ["max<0.5"],
    "c_some{odd:true, z:1}": ["count>=0"],
    "c_some{none:1}": ["count<=0"],
    "checks{check:is ok}": ["rate==1"],
    "iterations{scenario:default}": ["count==7"],
    vus: ["value>=0"],
  },
};
const VALUES = [3.5, 1.25, 9.75, 22, 0, 7.125, 15.5];

export default function () {
  const value = VALUES[__ITER];
  time.add(value, { phase: __ITER % 2 ? "steady" : "warm" });
  plain.add(value);
  rate.add(__ITER % 3 === 0);
  counter.add(__ITER + 1);
  counter.add(0, { odd: true, z: 1 });
  gauge.add(value);
  check(__ITER, { "is ok": (v) => v >= 0, "is small": (v) => v < 3 });
  group("outer", () => {
    check(1, { one: true });
    group("inner", () => check(1, { two: () => 0 }));
  });
}

export function handleSummary({ metrics, root_group, options: shown }) {
  const figures = {};
  for (const [name, metric] of Object.entries(metrics)) {
    if (/duration|data_/.test(name)) continue;
    const values = { ...metric.values };
    if (metric.type === "counter") values.rate = undefined;
    figures[name] = { ...metric, values };
  }
  const { summaryTrendStats, summaryTimeUnit } = shown;
  const kept = { summaryTrendStats, summaryTimeUnit };
  return { stdout: JSON.stringify({ figures, root_group, options: kept }) };
}
