import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "../lib/core/user-error.ts";

/** What the ONNX file says of itself that ONNX Runtime does not tell. */
export interface OnnxFileFacts {
  readonly bytes: number;
  /** Names, relative to the file, of the files that hold its weights; empty where it holds them itself. */
  readonly externalData: readonly string[];
  /** Version of the standard operators (domain ""). */
  readonly opset: number;
  /** Names of the graph's inputs; of an old file, of its weights too. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Field numbers of onnx.proto: which fields of a message hold a message that can hold a tensor. */
const MODEL = { opsetImport: 8, graph: 7 } as const;
const OPSET = { domain: 1, version: 2 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const VALUE_INFO = { name: 1 } as const;
const NODE = { attribute: 5 } as const;
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11 } as const;
const TENSOR = { externalData: 13 } as const;
const STRING_ENTRY = { key: 1, value: 2 } as const;

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of the content of a field with a length; else of the number. */
  readonly start: number;
  readonly end: number;
}

/**
 * Walks the messages of an ONNX file without reading its weights.
 *
 * @throws UserError where the file isn't whole or isn't ONNX
 */
export function readOnnxFacts(path: string): OnnxFileFacts {
  const file = openSync(path, "r");
  try {
    return new OnnxWalk(path, file).facts();
  } finally {
    closeSync(file);
  }
}

class OnnxWalk {
  readonly #path: string;
  readonly #file: number;
  readonly #bytes: number;
  readonly #external = new Set<string>();
  /** The part of the file that is in memory: messages are small and near one another, weights are skipped. */
  readonly #window = Buffer.alloc(1 << 16);
  #windowStart = 0;
  #windowEnd = 0;

  constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
    this.#bytes = fstatSync(file).size;
  }

  facts(): OnnxFileFacts {
    let opset: number | null = null;
    const inputs: string[] = [];
    const outputs: string[] = [];
    for (const field of this.#fields(0, this.#bytes)) {
      if (field.number === MODEL.opsetImport && field.wire === LENGTH) {
        const entry = this.#fieldsByNumber(field);
        const domain = entry.get(OPSET.domain);
        const version = entry.get(OPSET.version);
        if ((domain === undefined || domain.start === domain.end) && version !== undefined) {
          opset = this.#varint(version.start).value;
        }
      } else if (field.number === MODEL.graph && field.wire === LENGTH) {
        this.#graph(field);
        for (const value of this.#messages(field)) {
          if (value.number === GRAPH.input) inputs.push(this.#valueName(value));
          if (value.number === GRAPH.output) outputs.push(this.#valueName(value));
        }
      }
    }
    if (outputs.length === 0 || opset === null) {
      throw this.#broken("it holds no graph with outputs and no operator set");
    }
    return {
      bytes: this.#bytes,
      externalData: [...this.#external].sort(),
      opset,
      inputs,
      outputs,
    };
  }

  #graph(graph: Field): void {
    for (const field of this.#messages(graph)) {
      if (field.number === GRAPH.initializer) this.#tensor(field);
      if (field.number === GRAPH.node) {
        for (const attribute of this.#messages(field)) {
          if (attribute.number === NODE.attribute) this.#attribute(attribute);
        }
      }
    }
  }

  #attribute(attribute: Field): void {
    for (const field of this.#messages(attribute)) {
      if (field.number === ATTRIBUTE.tensor || field.number === ATTRIBUTE.tensors)
        this.#tensor(field);
      if (field.number === ATTRIBUTE.graph || field.number === ATTRIBUTE.graphs) this.#graph(field);
    }
  }

  #tensor(tensor: Field): void {
    for (const field of this.#messages(tensor)) {
      if (field.number !== TENSOR.externalData) continue;
      const entry = this.#fieldsByNumber(field);
      const key = entry.get(STRING_ENTRY.key);
      const value = entry.get(STRING_ENTRY.value);
      if (key === undefined || value === undefined) continue;
      if (this.#text(key) === "location") this.#external.add(this.#text(value));
    }
  }

  #valueName(value: Field): string {
    const name = this.#fieldsByNumber(value).get(VALUE_INFO.name);
    return name === undefined ? "" : this.#text(name);
  }

  #messages(message: Field): Iterable<Field> {
    return [...this.#fields(message.start, message.end)].filter(({ wire }) => wire === LENGTH);
  }

  #fieldsByNumber(message: Field): Map<number, Field> {
    return new Map(
      [...this.#fields(message.start, message.end)].map((field) => [field.number, field]),
    );
  }

  *#fields(start: number, end: number): Iterable<Field> {
    let position = start;
    while (position < end) {
      const tag = this.#varint(position);
      const number = Math.floor(tag.value / 8);
      const wire = tag.value % 8;
      let contentStart = tag.end;
      let contentEnd: number;
      if (wire === LENGTH) {
        const length = this.#varint(tag.end);
        contentStart = length.end;
        contentEnd = length.end + length.value;
      } else if (wire === VARINT) contentEnd = this.#varint(tag.end).end;
      else if (wire === FIXED64) contentEnd = tag.end + 8;
      else if (wire === FIXED32) contentEnd = tag.end + 4;
      else throw this.#broken(`byte ${position} starts no protobuf field`);
      if (number === 0) throw this.#broken(`byte ${position} starts no protobuf field`);
      if (contentEnd > end) {
        throw this.#broken(
          `it has ${this.#bytes} bytes and wants ${contentEnd}: it is cut short or damaged`,
        );
      }
      yield { number, wire, start: contentStart, end: contentEnd };
      position = contentEnd;
    }
  }

  #varint(position: number): { readonly value: number; readonly end: number } {
    let value = 0;
    let scale = 1;
    for (let index = position; index < position + 10; index++) {
      const byte = this.#byte(index);
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return { value, end: index + 1 };
    }
    throw this.#broken(`byte ${position} starts no protobuf number`);
  }

  #byte(position: number): number {
    if (position < this.#windowStart || position >= this.#windowEnd) {
      this.#windowStart = position;
      const read = readSync(this.#file, this.#window, 0, this.#window.length, position);
      this.#windowEnd = position + read;
    }
    const byte = this.#window[position - this.#windowStart];
    if (position >= this.#windowEnd || byte === undefined) {
      throw this.#broken(`it ends in the middle of a message, after ${this.#bytes} bytes`);
    }
    return byte;
  }

  #text(field: Field): string {
    const bytes = Buffer.alloc(field.end - field.start);
    for (let index = 0; index < bytes.length; index++)
      bytes[index] = this.#byte(field.start + index);
    return bytes.toString("utf8");
  }

  #broken(why: string): UserError {
    return new UserError("bad-input", `${this.#path} is no whole ONNX model: ${why}`);
  }
}
