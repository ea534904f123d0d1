import { existsSync } from "node:fs";

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** A Chromium to open pages in: `CHROMIUM_BIN`, or where systems put theirs. */
export function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_BIN"];
  return [...(named === undefined ? [] : [named]), ...USUAL_PLACES].find((path) =>
    existsSync(path),
  );
}
