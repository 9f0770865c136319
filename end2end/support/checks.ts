// Checks that every page must pass: accessible in both themes, no sideways scrolling on narrow screens;
// and pictures of it for people.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./test.ts";

/** Both themes, chosen the way a system chooses them. */
export const THEMES = ["light", "dark"] as const;

/** Widths at which nothing may scroll sideways, in CSS pixels. */
export const NARROW_WIDTHS = [320, 390] as const;

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** How a page is looked at: `width` in CSS pixels, else as it is; both themes unless some are named. */
export interface Looks {
  width?: number;
  themes?: readonly (typeof THEMES)[number][];
}

/** Fails on any violation that axe finds. */
export async function expectAccessible(page: Page, options: Looks = {}): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) {
    await withScriptedCopy(page, (copy) => checkWithAxe(copy, options));
  } else {
    await checkWithAxe(page, options);
  }
}

/**
 * Axe needs scripting in the page that it looks at. For a page without, it gets a copy of the document as
 * it stands, with the same address, cookies and style sheets, in a browser context that may run scripts;
 * the document's own scripts are left out, so that they change nothing.
 */
async function withScriptedCopy(page: Page, look: (copy: Page) => Promise<void>): Promise<void> {
  const html = (await page.content()).replace(/<script\b[\s\S]*?<\/script>/gi, "");
  const browser = page.context().browser();
  if (browser === null) {
    throw new Error("the page has no browser to open a copy in");
  }
  const context = await browser.newContext({
    javaScriptEnabled: true,
    storageState: await page.context().storageState(),
    viewport: page.viewportSize(),
    ignoreHTTPSErrors: true,
  });
  try {
    const copy = await context.newPage();
    const address = page.url().split("#")[0];
    await copy.route(address, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
    await copy.goto(address);
    await look(copy);
  } finally {
    await context.close();
  }
}

async function checkWithAxe(page: Page, options: Looks): Promise<void> {
  const before = page.viewportSize();
  if (options.width !== undefined) {
    await page.setViewportSize({ width: options.width, height: before?.height ?? 900 });
  }
  for (const theme of options.themes ?? THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    // The legacy mode works in the page itself and opens no second one.
    const found = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode(true).analyze();
    const violations = found.violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(" | ")}`,
    );
    expect.soft(violations, `axe, ${theme} theme, ${new URL(page.url()).pathname}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (options.width !== undefined && before !== null) {
    await page.setViewportSize(before);
  }
}

/** Fails if the page scrolls sideways at a narrow width; names what sticks out. */
export async function expectNoSidewaysScroll(page: Page, widths: readonly number[] = NARROW_WIDTHS): Promise<void> {
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 844 });
    const sticksOut = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) {
        return [];
      }
      return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > room + 0.5)
        .slice(0, 5)
        .map((element) => `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`)
        .concat(`page is ${document.documentElement.scrollWidth} wide`);
    });
    expect.soft(sticksOut, `no sideways scrolling at ${width}, ${new URL(page.url()).pathname}`).toEqual([]);
  }
  if (before !== null) {
    await page.setViewportSize(before);
  }
}

/**
 * Takes pictures of the whole page, light and dark, wide and narrow, into the test's output folder. They are
 * for people who ask for them with TRACELINE_PICTURES=1.
 */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (process.env.TRACELINE_PICTURES !== "1") {
    return;
  }
  const before = page.viewportSize();
  const info = test.info();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.screenshot({ path: info.outputPath(`${name}-${width}-${theme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before !== null) {
    await page.setViewportSize(before);
  }
}

/** Everything a page must pass, in one call. */
export async function expectGoodPage(page: Page): Promise<void> {
  await expectAccessible(page);
  // Layers, cards and strips of a narrow page have grounds of their own: both themes there too.
  await expectAccessible(page, { width: 390 });
  await expectNoSidewaysScroll(page);
}
