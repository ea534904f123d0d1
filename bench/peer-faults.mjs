// What this project and other load generators make of answers that go wrong: of the requests that the ground-truth server
// broke, how many each counts as failed. Runs whichever of them there are, as bench/peers.mjs does:
//   [K6_BIN=...] [GUIDELLM_BIN=...] [...] node bench/peer-faults.mjs [--faults http_503,html,...] [--clients ...] [--write]
// `--write` puts the table into docs/peers.md. Times don't matter: the machine may be busy.
import { parseArgs } from "node:util";
import { chooseClients, versionsOf } from "./support/peer-clients.mjs";
import { CHAT_PATH, openSession } from "./support/peer-session.mjs";
import { faultsTable, writeFigures } from "./support/peer-table.mjs";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "http_503,html,cut,error_event,malformed,empty" },
    clients: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const SERVER = { ttft: 10, gap: 5, tokens: 16 };
/** Few enough that no client gives up. */
const SHARE = 0.25;
/** The time is that of this project's profiles, which wait for a second after a failure. */
const LOAD = { streams: 4, requests: 80, seconds: 8 };

const clients = chooseClients(values.clients);
const session = openSession();
const versions = versionsOf(clients);
console.log(`${versions}\n`);

const rows = [];
for (const fault of values.faults.split(",")) {
  const cells = [];
  for (const client of clients) {
    const result = await session.run(client, { ...SERVER, faults: `${fault}:${SHARE}` }, LOAD);
    console.error(`${fault}, ${client.title}`);
    cells.push(result === null ? null : countedOf(result));
  }
  rows.push({ fault, cells });
}
const titles = clients.map(({ title }) => title);
const table = faultsTable(titles, rows);
console.log(table);
if (values.write) {
  writeFigures("bench/peer-faults.mjs", [
    `A quarter of the requests broken, by the server's draw. ${versions}. Made by \`node bench/peer-faults.mjs --write\`.`,
    "",
    table,
  ]);
}

/** Failures that it counted, and broken requests among those that it counted at all. */
function countedOf({ figures: { failed, measured }, served }) {
  const counted = served.filter(
    ({ path, id }) => path === CHAT_PATH && (measured?.ids.has(id) ?? true),
  );
  return { failed, broken: counted.filter(({ fault }) => fault !== null).length };
}
