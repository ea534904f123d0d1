/** Terms of the report with their formulas; docs/metrics.md explains them at length. */
export const GLOSSARY = [
  {
    term: "TTFT",
    meaning:
      "time to first token: first event with content, less the time of sending; includes the connect",
  },
  {
    term: "ITL",
    meaning:
      "inter-token latency of a request: (last content − first content) / (output tokens − 1); vLLM's and MLPerf's TPOT",
  },
  { term: "E2E", meaning: "last content less the time of sending" },
  {
    term: "gap (ICL)",
    meaning: "time between one content event and the next, all requests pooled",
  },
  {
    term: "tok/s",
    meaning:
      "output tokens that came in the steady windows, over their length; interval from blocks of half a second, repeats as clusters (two-stage bootstrap, rescaled for few repeats)",
  },
  { term: "goodput", meaning: "requests per second that completed and kept every SLO" },
  {
    term: "good",
    meaning:
      "share of the requests that completed and kept every SLO; each failure counts against it",
  },
  {
    term: "offered rate",
    meaning:
      "arrivals that the schedule of an open loop holds, per second, each a request or a conversation of several; req/s is what was completed",
  },
  {
    term: "from schedule",
    meaning:
      "a latency counted from when the schedule wanted the request, so that waiting for a free user is part of it; schedule lag: sent − scheduled",
  },
  {
    term: "unsent",
    meaning: "its time came and no user was free before the end: it counts as failed",
  },
  {
    term: "saturated",
    meaning:
      "the offered rate was not held: requests were sent late or never, since all users were busy; a valid result",
  },
  { term: "concurrency", meaning: "requests in flight, averaged over the windows" },
  {
    term: "adjusted TTFT p95",
    meaning: "the percentile with failures counted as slower than everything",
  },
  {
    term: "perplexity",
    meaning: "exp(sum of negative log-likelihoods / scored tokens), by the protocol named",
  },
  {
    term: "against the base",
    meaning:
      "exp(mean paired difference of the tokens' negative log-likelihoods) − 1; interval from means of batches of 64 tokens",
  },
  {
    term: "steady",
    meaning:
      "a request belongs to the phase and level in which it was sent, and is followed to its end",
  },
] as const;
