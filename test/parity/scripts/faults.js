// Every way in which the fault server answers, as the script sees it.
import http from "k6/http";
import sse from "k6/x/sse";

const BASE = __ENV.BASE_URL;
const NOBODY = "http://127.0.0.1:1/x";

export const options = {
  vus: 1,
  iterations: 1,
  thresholds: {
    "http_reqs{status:200}": ["count>=0"],
    "http_reqs{status:500}": ["count>=0"],
    "http_reqs{status:0}": ["count>=0"],
    "http_reqs{method:GET}": ["count>=0"],
    "http_reqs{scenario:default}": ["count>=0"],
    "http_reqs{proto:HTTP/1.1}": ["count>=0"],
    "http_reqs{error_code:1220}": ["count>=0"],
    "http_req_failed{expected_response:true}": ["rate>=0"],
    "sse_event{who:me}": ["count>=0"],
  },
};

const STREAMS = [
  ...["/cut", "/reset", "/short", "/unfinished", "/drop", "/drop-hard", "/silent"],
  ...["/silent-after-one", "/no-content", "/500", "/429", "/moved", "/lines"],
].map((path) => BASE + path);
const REQUESTS = [...["/json", "/429", "/drop", "/drop-hard", "/silent", "/short", "/moved"]].map(
  (path) => BASE + path,
);
const POSTS = [...["/json", "/429", "/short", "/short-close", "/silent"]].map(
  (path) => BASE + path,
);

/** Ports differ from run to run. */
function plain(text) {
  return text
    .split(BASE)
    .join("BASE")
    .replace(/127\.0\.0\.1:\d{2,}/g, "HOST")
    .trim();
}

export default async function () {
  for (const url of [...STREAMS, NOBODY]) console.log(plain(await stream(url)));
  for (const url of [...REQUESTS, NOBODY, "http://nobody.invalid/"]) {
    const { status, status_text, proto, error, error_code, body } = await http.get(url, {
      timeout: "400ms",
      responseType: "text",
    });
    const length = body === null ? null : body.length;
    const parts = [url, status, status_text, proto, error, error_code, length];
    console.log(plain(parts.join(" | ")));
  }
  for (const url of POSTS) {
    const { status, error, error_code, body, headers } = await http.post(url, "{}", {
      timeout: "400ms",
      responseType: "text",
      headers: { "Content-Type": "application/json" },
    });
    const type = headers["Content-Type"];
    console.log(
      plain(["POST", url, status, error, error_code, JSON.stringify(body), type].join(" | ")),
    );
  }
  await keepOpen();
}

/** Requests on connections that are kept open, and found closed by every second one. */
async function keepOpen() {
  const url = `${BASE}/once`;
  for (const method of ["POST", "POST", "POST", "GET", "GET"]) {
    const { status, error, timings } = await http.request(
      method,
      url,
      method === "POST" ? "{}" : null,
    );
    // What k6 times of a request that Go sent again is of the first try.
    const opened = timings.connecting > 0 ? "opened" : "kept";
    const parts = ["once", method, status, error, method === "POST" ? opened : ""];
    console.log(plain(parts.join(" | ")));
  }
}

async function stream(url) {
  const seen = [];
  const params = {
    method: "POST",
    body: "{}",
    headers: { "Content-Type": "application/json" },
    timeout: "400ms",
    tags: { who: "me" },
  };
  const response = await sse.open(url, params, (client) => {
    client.on("open", () => seen.push("open"));
    client.on("event", ({ id, comment, name, data }) =>
      seen.push(JSON.stringify([id, comment, name, data])),
    );
    client.on("error", (error) => {
      const message = error.error();
      seen.push(`error: ${message.trim()}`);
      if (!message.startsWith("unknown event")) client.close();
    });
  });
  const headers = Object.entries(response.headers)
    .filter(([name]) => name !== "Date")
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  const parts = [url, response.status, response.error, response.url, headers.join(), ...seen];
  return parts.join(" | ");
}

export function handleSummary({ metrics }) {
  const counts = Object.keys(metrics)
    .filter((name) => /^(http_reqs|sse_event|http_req_failed)/.test(name))
    .sort()
    .map((name) => {
      const { count, passes, fails } = metrics[name].values;
      return `${name} ${count === undefined ? `${passes}/${fails}` : count}`;
    });
  return { stdout: `${counts.join("\n")}\n${Object.keys(metrics).sort().join(" ")}` };
}
