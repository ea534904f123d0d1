// The same measurement done the obvious way, to compare with: each event is parsed in its handler, its gap added to a
// Trend there, and the record is made of what the handler gathered.

import exec from "k6/execution";
import { Trend } from "k6/metrics";
import sse from "k6/x/sse";

const gap = new Trend("gap", true);
const ttft = new Trend("ttft", true);

const vus = Number(__ENV.VUS);
/** Seconds in which the users come one after another; none: all at once. */
const rampUp = Number(__ENV.RAMP_UP ?? 0);

export const options = {
  scenarios: {
    load: {
      executor: "ramping-vus",
      startVUs: rampUp > 0 ? 0 : vus,
      stages: [
        { duration: `${rampUp}s`, target: vus },
        { duration: __ENV.DURATION, target: vus },
      ],
    },
  },
};

export default function () {
  const tags = { phase: "steady", level: __ENV.VUS };
  const isSteady = Date.now() - exec.scenario.startTime >= rampUp * 1000;
  // k6 makes `exec.instance` anew each time it is read.
  const clock = __ENV.CLOCK === "kept" ? { instance: exec.instance } : exec;
  const record = {
    id: `plain-${exec.vu.idInTest}-${exec.vu.iterationInScenario}`,
    phase: isSteady ? "steady" : "warmup",
    sentMs: exec.instance.currentTestRunDuration,
    firstContentMs: null,
    gapsUs: [],
    chunkChars: [],
  };
  let text = "";
  let last;
  const params = {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Request-Id": record.id },
    body: '{"stream":true}',
    timeout: "60s",
  };
  sse.open(`${__ENV.BASE_URL}/v1/chat/completions`, params, (client) => {
    client.on("event", (event) => {
      const now = clock.instance.currentTestRunDuration;
      if (event.data === "[DONE]") {
        client.close();
        return;
      }
      const chunk = JSON.parse(event.data);
      if (chunk.usage) record.usage = chunk.usage;
      const content = chunk.choices[0]?.delta?.content;
      if (!content) return;
      if (last === undefined) {
        record.firstContentMs = now;
        ttft.add(now - record.sentMs, tags);
      } else {
        gap.add(now - last, tags);
        record.gapsUs.push(Math.round((now - last) * 1000));
      }
      last = now;
      record.chunkChars.push(content.length);
      text += content;
    });
    client.on("error", () => client.close());
  });
  record.characters = text.length;
  if (__ENV.RECORDS === "console") console.log(JSON.stringify(record));
}

export function handleSummary(data) {
  return { [__ENV.SUMMARY_FILE]: JSON.stringify(data) };
}
