import { createRandom, randomInt } from "../lib/core/random.ts";
import { UserError } from "../lib/core/user-error.ts";
import { fieldsOf, LineError, parseLine } from "../lib/workload/json-lines.ts";
import type { Preparation, Row } from "./prepare-dataset.ts";
import { readJsonList, readLines } from "./read-items.ts";
import { realRow } from "./real-row.ts";
import { sampleStream } from "./reservoir.ts";
import { type SourceItem, sourceItem } from "./source-item.ts";
import type { TextMeasure } from "./text-measure.ts";

const OF_ORDER = 0x27d4eb2f;
/** Candidates drawn for each row asked for, since some are passed over for their lengths. */
const CANDIDATES_A_ROW = 5;
const MORE_CANDIDATES = 200;

/**
 * A seeded sample of a source's own prompts or conversations, with their lengths. Only the sample is held in memory.
 *
 * @throws UserError naming the line that can't be used, or where too few items fit
 */
export async function* realItems(
  preparation: Preparation,
  format: "json" | "jsonl",
  measure: TextMeasure,
  stopIfAborted: () => void,
): AsyncGenerator<Row> {
  const { source, count, seed } = preparation;
  const pool = count * CANDIDATES_A_ROW + MORE_CANDIDATES;
  const { sample, seen } = await sampleStream(itemsOf(source, format, stopIfAborted), pool, seed);
  shuffle(sample, seed);
  let rows = 0;
  let passedOver = 0;
  for (const item of sample) {
    if (rows === count) return;
    const row = realRow(item, rows, preparation, measure);
    if (row === undefined) passedOver += 1;
    else {
      rows += 1;
      yield row;
    }
  }
  if (rows === count) return;
  const { leastLength, longestInput, longestTotal } = preparation.limits;
  throw new UserError(
    "bad-input",
    `${source}: ${rows} of the ${count} rows asked for: it has ${seen} items, ${passedOver} of ${sample.length} looked at were passed over ` +
      `(parts under ${leastLength}, input over ${longestInput}, input and answer over ${longestTotal} ${measure.unit}, shorter than drawn, or no such turns)`,
  );
}

async function* itemsOf(
  source: string,
  format: "json" | "jsonl",
  stopIfAborted: () => void,
): AsyncGenerator<SourceItem> {
  const numbered = format === "json" ? readJsonList(source) : readLines(source);
  for await (const entry of numbered) {
    stopIfAborted();
    const place = "line" in entry ? entry.line : entry.item;
    try {
      const fields = "line" in entry ? parseLine(entry.text) : fieldsOf(entry.value, "the item");
      const item = sourceItem(fields, `row-${place}`);
      if (item !== undefined) yield item;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const what = "line" in entry ? "line" : "item";
      throw new UserError("bad-input", `${source}: ${what} ${place}: ${error.message}`);
    }
  }
}

function shuffle(items: SourceItem[], seed: number): void {
  const random = createRandom(seed ^ OF_ORDER);
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(random, last + 1);
    const [a, b] = [items[last], items[other]];
    if (a !== undefined && b !== undefined) [items[last], items[other]] = [b, a];
  }
}
