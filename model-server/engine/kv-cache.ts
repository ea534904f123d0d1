/** Float16 values travel as their bits. */
export type KvArray = Float32Array | Uint16Array;

export interface KvLayout {
  /** Key and value tensors: two a layer. */
  readonly tensors: number;
  readonly heads: number;
  readonly headSize: number;
  readonly type: "float32" | "float16";
  /**
   * Columns are added this many at a time: half of them are padding that every step computes, and each addition moves all
   * rows. 1 for a cache without padding, which can hold one row.
   */
  readonly block: number;
}

/** Room beyond what is needed now when an array has to grow. */
const GROWTH = 1.5;

/**
 * Keys and values of the running batch: each tensor is [rows, heads, columns, headSize] in one array that stays where it is
 * and is what the model reads. A row's tokens fill its columns from the left; the rest is padding, to be masked. A
 * step writes one column a row. A row that leaves is overwritten by the last one, one that joins is appended: each
 * costs one row's copy. All rows move only when the number of columns changes.
 */
export class BatchKvCache {
  readonly layout: KvLayout;
  readonly #arrays: KvArray[];
  /** Tokens held by each row. */
  readonly #tokens: number[] = [];
  #columns = 0;

  constructor(layout: KvLayout) {
    this.layout = layout;
    this.#arrays = Array.from({ length: layout.tensors }, () => newArray(layout, 0));
  }

  get rows(): number {
    return this.#tokens.length;
  }

  get columns(): number {
    return this.#columns;
  }

  /** Tokens in a row: its columns from there on are padding. */
  tokensOf(row: number): number {
    return this.#tokens[row] ?? 0;
  }

  /** The tensor, [rows, heads, columns, headSize]: a view that holds until `rows` or `columns` change. */
  tensor(index: number): KvArray {
    return this.#array(index).subarray(0, this.#size(this.rows, this.#columns));
  }

  /** Adds a row holding `tokens` tokens; `source` is one [1, heads, tokens, headSize] array a tensor. */
  append(source: readonly KvArray[], tokens: number): void {
    const row = this.rows;
    this.#relayout(Math.max(this.#columns, this.#columnsFor(tokens)), row + 1);
    this.#tokens.push(tokens);
    const { heads, headSize } = this.layout;
    this.#arrays.forEach((array, index) => {
      const from = source[index];
      if (from === undefined) throw new RangeError(`append: no array for tensor ${index}`);
      for (let head = 0; head < heads; head++) {
        const block = (row * heads + head) * this.#columns * headSize;
        array.set(from.subarray(head * tokens * headSize, (head + 1) * tokens * headSize), block);
        array.fill(0, block + tokens * headSize, block + this.#columns * headSize);
      }
    });
  }

  /** Adds the token that each row has read; `added` is [rows, heads, tensors, headSize]. */
  addColumns(added: KvArray): void {
    const { heads, headSize, tensors } = this.layout;
    this.#relayout(Math.max(this.#columns, this.#columnsFor(this.#longest() + 1)), this.rows);
    for (let index = 0; index < tensors; index++) {
      const array = this.#array(index);
      for (let row = 0; row < this.rows; row++) {
        for (let head = 0; head < heads; head++) {
          const block = row * heads + head;
          const from = (block * tensors + index) * headSize;
          const to = (block * this.#columns + this.tokensOf(row)) * headSize;
          for (let n = 0; n < headSize; n++) array[to + n] = added[from + n] ?? 0;
        }
      }
    }
    for (let row = 0; row < this.rows; row++) this.#tokens[row] = this.tokensOf(row) + 1;
  }

  /** Takes a row out. The last row takes its place: rows are then numbered as before, without the last. */
  remove(row: number): void {
    const last = this.rows - 1;
    const size = this.#size(1, this.#columns);
    if (row !== last) {
      for (const array of this.#arrays) {
        array.copyWithin(row * size, last * size, (last + 1) * size);
      }
      this.#tokens[row] = this.tokensOf(last);
    }
    this.#tokens.pop();
    this.#relayout(this.#columnsFor(this.#longest()), this.rows);
  }

  #longest(): number {
    return Math.max(0, ...this.#tokens);
  }

  #columnsFor(tokens: number): number {
    return Math.ceil(tokens / this.layout.block) * this.layout.block;
  }

  /** Makes each row's block `columns` long, in place, with room for `rows` rows. */
  #relayout(columns: number, rows: number): void {
    const size = this.#size(rows, columns);
    this.#arrays.forEach((array, index) => {
      let target = array;
      if (array.length < size) {
        target = newArray(this.layout, size * GROWTH);
        target.set(array.subarray(0, this.#size(this.rows, this.#columns)));
        this.#arrays[index] = target;
      }
      if (columns !== this.#columns) this.#moveBlocks(target, columns);
    });
    this.#columns = columns;
  }

  #moveBlocks(array: KvArray, columns: number): void {
    const { heads, headSize } = this.layout;
    const blocks = this.rows * heads;
    const grows = columns > this.#columns;
    for (let n = 0; n < blocks; n++) {
      // Growing, blocks move right: the last one first, lest one be written over before it has moved.
      const block = grows ? blocks - 1 - n : n;
      const tokens = this.tokensOf(Math.floor(block / heads));
      const from = block * this.#columns * headSize;
      const to = block * columns * headSize;
      array.copyWithin(to, from, from + tokens * headSize);
      array.fill(0, to + tokens * headSize, to + columns * headSize);
    }
  }

  #array(index: number): KvArray {
    const array = this.#arrays[index];
    if (array === undefined) {
      throw new RangeError(`no tensor ${index} in a cache of ${this.#arrays.length}`);
    }
    return array;
  }

  #size(rows: number, columns: number): number {
    return rows * this.layout.heads * columns * this.layout.headSize;
  }
}

function newArray(layout: KvLayout, elements: number): KvArray {
  const size = Math.ceil(elements);
  return layout.type === "float32" ? new Float32Array(size) : new Uint16Array(size);
}
