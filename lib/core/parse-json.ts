/** The value of a JSON text, or `undefined` where it is none: what a server or a cut file says is data, not an error. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
