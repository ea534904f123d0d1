/** Takes the README's picture: `node docs/images/shoot.mjs results/demo/report.html docs/images/report.png`. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, picture] = process.argv.slice(2);
if (report === undefined || picture === undefined) {
  console.error("usage: node docs/images/shoot.mjs <report.html> <picture.png>");
  process.exit(2);
}
const executablePath = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath });
const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
await page.goto(pathToFileURL(resolve(report)).href);
await page.screenshot({ path: picture });
await browser.close();
