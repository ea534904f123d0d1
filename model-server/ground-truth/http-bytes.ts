const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Start of an answer up to where its own fields follow: `finishHead` ends it. Each answer closes its connection. */
export function headFields(status: number, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\nconnection: close\r\n${lines.join("")}`;
}

export function finishHead(fields: string, requestId: string): string {
  return `${fields}x-request-id: ${requestId}\r\n\r\n`;
}

/** Server-sent events in one chunk of HTTP's chunked coding. */
export function eventsChunk(data: readonly string[]): string {
  if (data.length === 0) return "";
  const events = data.map((one) => `data: ${one}\n\n`).join("");
  return `${Buffer.byteLength(events).toString(16)}\r\n${events}\r\n`;
}

export const LAST_CHUNK = "0\r\n\r\n";
