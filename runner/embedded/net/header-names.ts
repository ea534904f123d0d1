/** Headers as k6 gives them: canonical names (`Content-Type`), several values joined by a comma. */
export function canonicalHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const canonical: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
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
