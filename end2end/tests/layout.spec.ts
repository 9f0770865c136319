// Room for everyone: narrow screens, zoom, wider text, big enough targets, the dark theme from the first
// paint, reduced motion and forced colours.
import type { Page } from "@playwright/test";
import { expectNoSidewaysScroll } from "../support/checks.ts";
import { type Prepared, send, setUp } from "../support/flow.ts";
import { named, pagePaths } from "../support/pages.ts";
import { expect, signedIn, test } from "../support/test.ts";

/** Opens each page. */
async function forEachPage(page: Page, prepared: Prepared, look: (where: string) => Promise<void>): Promise<void> {
  for (const path of await pagePaths(page, prepared)) {
    await page.goto(path);
    await look(named(path));
  }
}

/** Texts that are cut off by their box, apart from those that are only heard. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const cut: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const style = getComputedStyle(element);
      const text = [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "");
      const seen = element.checkVisibility() && element.clientWidth > 1 && element.closest(".vh, svg, pre, .codebox") === null;
      if (!text || !seen) continue;
      const x = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      const y = /hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
      if ((x && style.textOverflow !== "ellipsis") || y) {
        cut.push(`${element.localName}.${element.className}: ${element.textContent?.trim().slice(0, 40)}`);
      }
    }
    return cut;
  });
}

signedIn("nothing scrolls sideways at 200 and 400 % zoom and on a phone held sideways", async ({ page, prepared }) => {
  signedIn.slow();
  await forEachPage(page, prepared, async () => {
    // 1280 x 1024 at 400 % and 200 %, as CSS pixels; then the phone.
    await expectNoSidewaysScroll(page, [320, 640, 844]);
  });
});

signedIn("rows of lists are as high as their texts", async ({ page, prepared }) => {
  await page.goto(`/projects/${prepared.project}/requirements`);
  const rows = page.getByRole("table").getByRole("row");
  const heights = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
  expect(heights.length).toBeGreaterThan(20);
  expect(Math.max(...heights)).toBeLessThan(120);
});

signedIn("wider text spacing cuts nothing off", async ({ page, prepared }) => {
  signedIn.slow();
  await forEachPage(page, prepared, async (where) => {
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }" +
          "p { margin-block-end: 2em !important }",
      );
      document.adoptedStyleSheets = [sheet];
    });
    await expectNoSidewaysScroll(page, [320]);
    expect.soft(await cutTexts(page), where).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect.soft(await cutTexts(page), `${where}, narrow`).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

signedIn("targets are large enough and icon buttons have names", async ({ page, prepared }) => {
  signedIn.slow();
  await forEachPage(page, prepared, async (where) => {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const found = await page.evaluate(() => {
        const small: string[] = [];
        const nameless: string[] = [];
        const all = document.querySelectorAll<HTMLElement>(
          "button, input:not([type=hidden]), select, textarea, summary, a.btn, a.iconbtn, a.toplink, a.brand, .side a, .seg a, .chip, .menu a, .pager a, #gantt a",
        );
        for (const element of all) {
          if (!element.checkVisibility({ visibilityProperty: true }) || element.classList.contains("vh")) continue;
          // A box is pressed by its label too.
          const target = element.matches("input[type=checkbox], input[type=radio]") ? (element.closest("label") ?? element) : element;
          const { width, height } = target.getBoundingClientRect();
          const what = `${element.localName}.${element.className} ${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 30)}`;
          if (width < 24 || height < 24) small.push(`${what}: ${width.toFixed(0)} x ${height.toFixed(0)}`);
          const text = (element.textContent ?? "").trim();
          if (element.matches("button, a") && text === "" && !element.getAttribute("aria-label")) nameless.push(what);
        }
        return { small, nameless };
      });
      expect.soft(found.small, `small targets at ${width}, ${where}`).toEqual([]);
      expect.soft(found.nameless, `without a name, ${where}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

test("the dark theme is there with the first byte, and the system's choice with the first paint", async ({ page, ownServer, browser }) => {
  await setUp(page, ownServer.setup_url);
  const light = await background(page);
  await page.getByRole("button", { name: "Theme" }).click();
  await send(page, page.getByRole("button", { name: "Dark" }));
  const dark = await background(page);
  expect(dark).not.toBe(light);
  // The document itself says it, before any style or script.
  const html = await (await page.request.get(`${ownServer.url}/`)).text();
  expect(html).toMatch(/<html[^>]*\sdata-theme="dark"/);
  // Not even the first frames are light: the style sheet comes before them, and nothing fades.
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      seen.push(document.body === null ? "nothing" : getComputedStyle(document.documentElement).backgroundColor);
      if (seen.length < 20) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.reload();
  await page.waitForFunction(() => ((window as unknown as { seen: string[] }).seen ?? []).length >= 20);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect([...new Set(seen)].filter((colour) => colour !== "nothing"), "colours of the first frames").toEqual([dark]);
  // Whoever never chose gets the system's.
  const context = await browser.newContext({ colorScheme: "dark" });
  const other = await context.newPage();
  await other.goto(`${ownServer.url}/sign-in`);
  expect(await background(other), "the system's dark").toBe(dark);
  await context.close();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("button", { name: "Theme" }).click();
  await send(page, page.getByRole("button", { name: "Light" }));
  expect(await background(page), "light against the system").toBe(light);
});

signedIn("with reduced motion nothing moves", async ({ page, prepared }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await forEachPage(page, prepared, async (where) => {
    const moving = await page.evaluate(() =>
      document.getAnimations().filter((one) => one.playState === "running" && one.effect?.getComputedTiming().duration !== 0).length,
    );
    expect.soft(moving, where).toBe(0);
  });
});

signedIn("with forced colours controls keep their edges and the focus is seen", async ({ page, prepared }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await forEachPage(page, prepared, async (where) => {
    const bare = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".btn, .input, .select")]
        .filter((one) => one.checkVisibility() && getComputedStyle(one).borderTopWidth === "0px")
        .map((one) => `${one.localName}.${one.className}`),
    );
    expect.soft(bare, `controls without an edge, ${where}`).toEqual([]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body);
      return `${style.outlineStyle} ${style.outlineWidth}`;
    });
    expect.soft(outline, where).toMatch(/^(solid|auto) [1-9]/);
  });
});
