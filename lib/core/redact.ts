const INSTEAD = "[redacted]";
/** As much of a key at the end of a message is taken for the beginning of one that was cut off with the message. */
const LEAST_PART = 4;

/** A message without the key that a server quotes in it: as it is, as a URL writes it, or cut off with the message. */
export function redact(message: string, apiKey: string | undefined): string {
  if (apiKey === undefined) return message;
  const whole = [apiKey, encodeURIComponent(apiKey)].reduce(
    (text, key) => text.split(key).join(INSTEAD),
    message,
  );
  const end = whole.endsWith("…") ? whole.length - 1 : whole.length;
  for (let length = apiKey.length - 1; length >= LEAST_PART; length--) {
    if (whole.endsWith(apiKey.slice(0, length), end)) return whole.slice(0, end - length) + INSTEAD;
  }
  return whole;
}
