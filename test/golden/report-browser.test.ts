import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TradeoffReport } from "../../records/report.ts";
import { findChromium } from "../support/find-chromium.ts";
import { mergeFolder } from "../support/merged-folder.ts";
import { HELD_AND_NOT, writeOpenRun } from "../support/open-results.ts";
import { FAMILY, writeSyntheticSuite } from "../support/synthetic-results.ts";

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log("skipped: no Chromium (set CHROMIUM_BIN)");
}
const required = process.env["CI"] !== undefined;

const NASTY = `<img src="x" onerror="document.title='owned'">`;

describe.skipIf(executablePath === undefined && !required)("report.html in a browser", () => {
  let folder: string;
  let openLoop: string;
  let report: TradeoffReport;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
    const [first, ...others] = FAMILY.variants;
    if (first === undefined) throw new Error("no variants");
    writeSyntheticSuite(folder, {
      ...FAMILY,
      variants: [first, ...others, { ...first, name: NASTY, stepMs: 5, modelBytes: 12_000_000 }],
    });
    report = await mergeFolder(folder, { base: "base-fp16" });
    openLoop = mkdtempSync(join(tmpdir(), "report-open-"));
    writeOpenRun(openLoop, HELD_AND_NOT);
    await mergeFolder(openLoop);
    browser = await chromium.launch({ ...(executablePath && { executablePath }) });
  });
  afterAll(async () => {
    await browser?.close();
    for (const made of [folder, openLoop]) rmSync(made, { recursive: true, force: true });
  });

  /** Opens the report, and fails on anything it fetches or complains of. */
  async function open(
    options: { width?: number; colorScheme?: "light" | "dark"; javaScriptEnabled?: boolean } = {},
    directory = folder,
  ): Promise<{ page: Page; complaints: readonly string[] }> {
    const { width = 1000, ...context } = options;
    const page = await browser.newPage({ viewport: { width, height: 900 }, ...context });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(`fetched ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(directory, "report.html")).href);
    return { page, complaints };
  }

  test("draws its charts, fetches nothing and complains of nothing", async () => {
    const { page, complaints } = await open();
    const charts = await page.locator("figure .wide svg[role=img]").all();
    // Quality against speed, latency against throughput, two shapes; over time: tok/s, in flight, TTFT, queue, cache, GPU twice.
    expect(charts.length).toBe(4 + 7);
    for (const chart of charts) {
      const marks = await chart.evaluate(
        (svg) =>
          [...svg.querySelectorAll("path, circle")].filter((mark) => {
            const { width, height } = mark.getBoundingClientRect();
            return width + height > 1;
          }).length,
      );
      expect(marks).toBeGreaterThan(3);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("says the answer first, and shows it without scrolling beside picture and health", async () => {
    const { page } = await open();
    await expect(page.locator(".answer").innerText()).resolves.toBe(report.answer.sentence);
    const picture = await page.locator("figure svg").first().boundingBox();
    expect((picture?.y ?? 900) + (picture?.height ?? 900)).toBeLessThan(900);
    const health = await page.locator(".health").first().boundingBox();
    expect(health?.y).toBeLessThan(900);
    await page.close();
  });

  test("shows what came from outside as text", async () => {
    const { page } = await open();
    expect(await page.title()).toBe(report.title);
    expect(await page.locator("body").innerText()).toContain(NASTY);
    expect(readFileSync(join(folder, "report.md"), "utf8")).not.toMatch(/(?<!\\)<img/);
    await page.close();
  });

  test("is as wide as a phone, and scrolls what is wider inside itself", async () => {
    const { page } = await open({ width: 360 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await expect(page.locator("figure .narrow svg").first().isVisible()).resolves.toBe(true);
    await expect(page.locator("figure .wide svg").first().isVisible()).resolves.toBe(false);
    await page.close();
  });

  test("shows the server's queue on the axis of time of the requests", async () => {
    const { page } = await open();
    const ticks = (title: string) =>
      page
        .locator(`figure .wide svg[aria-label^="${title}"] g[aria-label="x-axis tick label"] text`)
        .allTextContents();
    const queue = await ticks("requests in the server's queue");
    expect(queue.length).toBeGreaterThan(2);
    expect(queue).toEqual(await ticks("output tokens per second over"));
    await page.close();
  });

  test("speaks of rates where the load was an open loop, on a phone too", async () => {
    const { page, complaints } = await open({ width: 360 }, openLoop);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const heads = await page.locator("table.cells th").allInnerTexts();
    expect(heads).toEqual(
      expect.arrayContaining(["load", "unsent", "offered/s", "TTFT p95 from schedule"]),
    );
    expect(heads).not.toContain("users");
    const marks = await page
      .locator('figure .narrow svg[aria-label^="TTFT against"] text')
      .allTextContents();
    expect(marks).toEqual(expect.arrayContaining(["4/s", "16/s"]));
    await expect(page.locator("h2", { hasText: "Streams of the mix" }).count()).resolves.toBe(1);
    await expect(page.locator(".health").first().innerText()).resolves.toBe("saturated");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("follows a dark scheme", async () => {
    const background = async (colorScheme: "light" | "dark") => {
      const { page } = await open({ colorScheme });
      const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.close();
      return color;
    };
    expect(await background("light")).not.toBe(await background("dark"));
  });

  test("sorts its table by a column, by the value and not by the text", async () => {
    const { page } = await open();
    const head = page.locator("th[data-sort]", { hasText: "tok/s" }).first();
    await head.click();
    const column = await head.evaluate((th) =>
      th instanceof HTMLTableCellElement ? th.cellIndex : -1,
    );
    const values = await page
      .locator(`table:has(th[data-sort]) tbody tr td:nth-child(${column + 1})`)
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("data-value"))));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    await page.close();
  });

  test("says the same without JavaScript", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await expect(page.locator(".answer").innerText()).resolves.toBe(report.answer.sentence);
    expect(await page.locator("figure .wide svg").count()).toBe(4 + 7);
    await page.close();
  });
});
