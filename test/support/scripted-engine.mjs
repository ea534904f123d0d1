// An engine's thread without a model, for tests of what happens around it: gives each running sequence " x" every
// 2 ms, without end unless max_tokens is asked for. Prompts that begin with one of the tokens below do something else.
import { parentPort, workerData } from "node:worker_threads";

/** The thread ends by an error. */
const CRASH = 101;
/** This sequence fails, the others go on. */
const FAIL = 102;

const waiting = [];
const running = new Map();

parentPort.on("message", (message) => {
  if (message.kind === "generate") waiting.push(message);
  if (message.kind === "abort") {
    running.delete(message.id);
    const queued = waiting.findIndex(({ id }) => id === message.id);
    if (queued >= 0) waiting.splice(queued, 1);
  }
  if (message.kind === "stop") process.exit(0);
});

setInterval(() => {
  while (running.size < workerData.maxBatch && waiting.length > 0) start(waiting.shift());
  const events = [];
  for (const [id, sequence] of running) {
    sequence.left--;
    const finish = sequence.left === 0 ? { reason: "length", stopReason: null } : null;
    events.push({ id, token: 88, text: " x", finish, score: null });
    if (finish !== null) running.delete(id);
  }
  if (events.length > 0)
    send({ kind: "tokens", events, tokensRead: events.length, cachedColumns: 0 });
}, 2);

function start({ id, prompt, parameters }) {
  send({ kind: "started", id });
  if (prompt[0] === CRASH) throw new Error("the engine was told to crash");
  if (prompt[0] === FAIL)
    send({ kind: "failed", ids: [id], message: "the model was told to fail" });
  // The fixture's context window is what a request without max_tokens gets: long enough to be called endless here.
  else running.set(id, { left: parameters.maxTokens > 100 ? -1 : parameters.maxTokens });
}

function send(message) {
  parentPort.postMessage(message);
}

send({ kind: "ready", maxBatch: workerData.maxBatch });
