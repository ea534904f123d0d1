/** Go's client keeps these to itself. */
const OF_THE_CONNECTION = ["connection", "transfer-encoding"];

/** Headers as k6 gives them: canonical names (`Content-Type`), several values joined by a comma. */
export function canonicalHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const canonical: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OF_THE_CONNECTION.includes(name)) continue;
    canonical[canonicalName(name)] = Array.isArray(value) ? value.join(", ") : value;
  }
  return canonical;
}

function canonicalName(name: string): string {
  return name
    .toLowerCase()
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("-");
}
