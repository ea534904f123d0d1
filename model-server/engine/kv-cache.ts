/** Float16 values travel as their bits. */
export type KvArray = Float32Array | Uint16Array;

export interface KvLayout {
  /** Key and value tensors: two a layer. */
  readonly tensors: number;
  readonly heads: number;
  readonly headSize: number;
  readonly type: "float32" | "float16";
}

interface Buffers {
  past: KvArray;
  present: KvArray;
}

/**
 * Keys and values of the running batch, left-padded: each tensor is [rows, heads, length, headSize] with the tokens of
 * every row at its right end. Each tensor has two buffers: a step reads the one and writes the other, which is then
 * the next step's input, so that nothing is copied in JavaScript from step to step. A row that leaves is overwritten
 * by the last one, one that joins is appended: each costs one row's copy. All rows move only when the padding changes:
 * a joiner longer than the batch, or padding worth taking away after the longest has left.
 */
export class BatchKvCache {
  readonly layout: KvLayout;
  readonly #buffers: readonly Buffers[];
  /** Tokens held by each row. */
  readonly #tokens: number[] = [];
  #length = 0;

  constructor(layout: KvLayout) {
    this.layout = layout;
    this.#buffers = Array.from({ length: layout.tensors }, () => ({
      past: newArray(layout, 0),
      present: newArray(layout, 0),
    }));
  }

  get rows(): number {
    return this.#tokens.length;
  }

  /** Columns of the batch: the longest row, and whatever padding is left of it. */
  get length(): number {
    return this.#length;
  }

  /** Tokens in a row; its other `length - tokens` columns are padding, on the left. */
  tokensOf(row: number): number {
    return this.#tokens[row] ?? 0;
  }

  /** The tensor's keys or values, [rows, heads, length, headSize]. */
  past(tensor: number): KvArray {
    return this.#buffer(tensor).past.subarray(0, this.#size(this.rows, this.#length));
  }

  /** Where the next step's output goes, [rows, heads, length + 1, headSize]. */
  present(tensor: number): KvArray {
    const buffer = this.#buffer(tensor);
    const size = this.#size(this.rows, this.#length + 1);
    if (buffer.present.length < size) buffer.present = newArray(this.layout, size * GROWTH);
    return buffer.present.subarray(0, size);
  }

  /** What `present` returned has been written: it is the past of the next step. */
  advance(): void {
    for (const buffer of this.#buffers) {
      const written = buffer.present;
      buffer.present = buffer.past;
      buffer.past = written;
    }
    this.#length++;
    for (let row = 0; row < this.#tokens.length; row++) {
      this.#tokens[row] = this.tokensOf(row) + 1;
    }
  }

  /** Adds a row holding `tokens` tokens; `source` is one [1, heads, tokens, headSize] array a tensor. */
  append(source: readonly KvArray[], tokens: number): void {
    const rows = this.rows + 1;
    const length = rows === 1 ? tokens : Math.max(this.#length, tokens);
    this.#relayout(length, rows);
    this.#tokens.push(tokens);
    const { heads, headSize } = this.layout;
    for (let tensor = 0; tensor < this.#buffers.length; tensor++) {
      const { past } = this.#buffer(tensor);
      const from = source[tensor];
      if (from === undefined) throw new RangeError(`append: no array for tensor ${tensor}`);
      for (let head = 0; head < heads; head++) {
        const block = ((rows - 1) * heads + head) * length * headSize;
        const start = block + (length - tokens) * headSize;
        past.fill(0, block, start);
        past.set(from.subarray(head * tokens * headSize, (head + 1) * tokens * headSize), start);
      }
    }
  }

  /** Takes a row out. The last row takes its place: rows are then numbered as before, without the last. */
  remove(row: number): void {
    const last = this.rows - 1;
    const size = this.#size(1, this.#length);
    if (row !== last) {
      for (const { past } of this.#buffers) {
        past.copyWithin(row * size, last * size, (last + 1) * size);
      }
      this.#tokens[row] = this.tokensOf(last);
    }
    this.#tokens.pop();
    const longest = Math.max(0, ...this.#tokens);
    if (longest === 0) this.#length = 0;
    // Padding costs every step a copy and attention over nothing; taking it away costs one step's copy.
    else if (this.#length - longest >= TRIM_COLUMNS) this.#relayout(longest, this.rows);
  }

  /** Makes each row's block `length` columns long, in place, with room for `rows` rows. */
  #relayout(length: number, rows: number): void {
    const size = this.#size(rows, length);
    const moves = this.rows > 0 && length !== this.#length;
    for (const buffer of this.#buffers) {
      if (buffer.past.length < size) {
        const grown = newArray(this.layout, size * GROWTH);
        grown.set(buffer.past.subarray(0, this.#size(this.rows, this.#length)));
        buffer.past = grown;
      }
      if (moves) this.#moveBlocks(buffer.past, length);
    }
    this.#length = length;
  }

  #moveBlocks(array: KvArray, length: number): void {
    const { heads, headSize } = this.layout;
    const blocks = this.rows * heads;
    const grows = length > this.#length;
    for (let n = 0; n < blocks; n++) {
      // Growing, blocks move right: the last one first, lest one be written over before it has moved.
      const block = grows ? blocks - 1 - n : n;
      const tokens = this.tokensOf(Math.floor(block / heads));
      const from = (block * this.#length + this.#length - tokens) * headSize;
      const to = (block * length + length - tokens) * headSize;
      array.copyWithin(to, from, from + tokens * headSize);
      array.fill(0, block * length * headSize, to);
    }
  }

  #buffer(tensor: number): Buffers {
    const buffer = this.#buffers[tensor];
    if (buffer === undefined)
      throw new RangeError(`no tensor ${tensor} in a cache of ${this.#buffers.length}`);
    return buffer;
  }

  #size(rows: number, length: number): number {
    return rows * this.layout.heads * length * this.layout.headSize;
  }
}

/** Room beyond what is needed now: a sequence grows by a column a step. */
const GROWTH = 1.5;
const TRIM_COLUMNS = 8;

function newArray(layout: KvLayout, elements: number): KvArray {
  const size = Math.ceil(elements);
  return layout.type === "float32" ? new Float32Array(size) : new Uint16Array(size);
}
