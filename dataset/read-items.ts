import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import streamArray from "stream-json/streamers/stream-array.js";
import { UserError } from "../lib/core/user-error.ts";

export type SourceFormat = "json" | "jsonl" | "text";

/**
 * What a file begins with tells its format: `[` a JSON list, `{` JSON lines, anything else is a text.
 *
 * @throws UserError where the file can't be read, or is empty
 */
export async function detectFormat(path: string): Promise<SourceFormat> {
  const start = (await beginning(path)).replace(/^\ufeff/, "").trimStart();
  if (start === "") throw new UserError("bad-input", `${path}: found nothing in it`);
  return start.startsWith("[") ? "json" : start.startsWith("{") ? "jsonl" : "text";
}

async function beginning(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(4096), position: 0 });
    return buffer.toString("utf8", 0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * The lines of a file with their numbers, from 1; empty ones and a byte order mark are skipped. Nothing but the line is held in memory.
 *
 * @throws UserError where the file can't be read
 */
export async function* readLines(path: string): AsyncGenerator<{ line: number; text: string }> {
  const stream = createReadStream(path, { encoding: "utf8" });
  let line = 0;
  try {
    for await (const text of createInterface({
      input: stream,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      const content = line === 1 ? text.replace(/^\ufeff/, "") : text;
      if (content.trim() !== "") yield { line, text: content };
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    stream.destroy();
  }
}

/** The first line that is not empty; empty where there is none. @throws UserError where the file can't be read */
export async function firstLine(path: string): Promise<string> {
  for await (const { text } of readLines(path)) return text;
  return "";
}

/**
 * The elements of a JSON list, one at a time: ShareGPT's files are larger than they should be read in one piece.
 *
 * @throws UserError where the file can't be read, or is no JSON list
 */
export async function* readJsonList(
  path: string,
): AsyncGenerator<{ item: number; value: unknown }> {
  const file = createReadStream(path);
  const list = streamArray.withParserAsStream();
  file.on("error", (error) => list.destroy(error));
  try {
    for await (const { key, value } of file.pipe(list)) yield { item: Number(key) + 1, value };
  } catch (cause) {
    if (isSystemError(cause)) throw unreadable(path, cause);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `${path}: no JSON list, or one cut short (${reason})`, {
      cause,
    });
  } finally {
    file.destroy();
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function unreadable(path: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError("bad-input", `can't read ${path}: ${reason}`, { cause });
}
