/** A value as k6's console writes it: strings bare at the top, quoted inside objects; errors as their message. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return value;
  return formatNested(value, new Set());
}

function formatNested(value: unknown, seen: Set<object>): string {
  if (value === null) return "null";
  if (typeof value === "undefined") return seen.size === 0 ? "undefined" : "null";
  if (typeof value === "function") return "[object Function]";
  if (typeof value === "string") return `"${value}"`;
  if (typeof value !== "object") return String(value);
  if (value instanceof Error) return String(value);
  if (isGoError(value)) return value.error();
  if (seen.has(value)) return "[Circular]";
  seen.add(value);
  const text = formatObject(value, seen);
  seen.delete(value);
  return text;
}

function formatObject(value: object, seen: Set<object>): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[ ${Array.from(value, (item) => formatNested(item, seen)).join(", ")} ]`;
  }
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
    const items = Array.from(Object.values(value), String);
    return `${value.constructor.name}(${items.length}) [${items.length === 0 ? "" : ` ${items.join(", ")} `}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return value instanceof Date ? `"${value.toISOString()}"` : "{}";
  return `{ ${entries.map(([key, item]) => `${key}: ${formatNested(item, seen)}`).join(", ")} }`;
}

function isGoError(value: object): value is { error: () => string } {
  return (
    "error" in value && typeof value.error === "function" && value.constructor.name === "GoError"
  );
}
