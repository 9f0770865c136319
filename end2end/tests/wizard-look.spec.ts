// The wizard while answers change: what would come of them is shown, nothing is saved by it, and whoever
// leaves is asked first.
import type { Page } from "@playwright/test";
import { pathOf, send } from "../support/flow.ts";
import { expect, signedIn } from "../support/test.ts";

async function openStep(page: Page, prepared: { project: string; configuration: string }, step: number): Promise<void> {
  await page.goto(`/projects/${prepared.project}/integrations/${prepared.configuration}/step/${step}`);
  await expect(page.locator("html[data-live]")).toHaveCount(1);
}

const foot = (page: Page) => page.locator(".formfoot");
const stepper = (page: Page) => page.getByRole("navigation", { name: "Configuration steps" });

signedIn("an altered answer is called unsaved, and leaving with it is asked about", async ({ page, prepared }) => {
  await openStep(page, prepared, 2);
  await expect(foot(page)).toContainText(/Saved by/);
  const bugs = page.getByRole("checkbox", { name: /^Bug mapping/ });
  await bugs.uncheck();
  await expect(foot(page)).toContainText("Unsaved changes");
  await expect(foot(page).getByText(/Saved by/)).toBeHidden();

  const asked = page.waitForEvent("dialog");
  const leave = page.locator("#nav").getByRole("link", { name: "Plans", exact: true }).click({ noWaitAfter: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await leave;
  expect(pathOf(page)).toMatch(/\/step\/2$/);
  await expect(bugs).not.toBeChecked();

  // As it was: nothing to lose, nothing to ask.
  await bugs.check();
  await expect(foot(page)).toContainText(/Saved by/);
  const questions: string[] = [];
  page.on("dialog", (question) => {
    questions.push(question.type());
    void question.accept();
  });
  await send(page, page.locator("#nav").getByRole("link", { name: "Plans", exact: true }));
  await expect(page.getByRole("heading", { level: 1, name: "Plans" })).toBeVisible();
  // Whoever sends the form keeps everything, so nothing is asked either.
  await openStep(page, prepared, 1);
  const description = page.getByLabel("Description");
  const before = await description.inputValue();
  for (const text of ["Typed and sent", before]) {
    await description.fill(text);
    await expect(foot(page)).toContainText("Unsaved changes");
    await send(page, page.getByRole("button", { name: "Save", exact: true }));
    await expect(foot(page)).toContainText(/Saved by/);
  }
  expect(questions).toEqual([]);
});

signedIn("the form of a connection asks too", async ({ page }) => {
  await page.goto("/admin/integrations/new");
  await page.getByLabel("Integration name").fill("Half typed");
  const asked = page.waitForEvent("dialog");
  const leave = page.getByRole("link", { name: "Cancel" }).click({ noWaitAfter: true });
  await (await asked).dismiss();
  await leave;
  await expect(page.getByLabel("Integration name")).toHaveValue("Half typed");
});

signedIn("what depends on the answers follows them, and an older answer never lies over a newer one", async ({ page, prepared }) => {
  await openStep(page, prepared, 2);
  const lastStep = stepper(page).locator(".wide li").last();
  await page.getByRole("checkbox", { name: /^Bug mapping/ }).uncheck();
  await expect(lastStep).toContainText("Turn on Bug mapping in step 2");
  await page.getByRole("checkbox", { name: /^Bug mapping/ }).check();
  await expect(lastStep).not.toContainText("Turn on Bug mapping");

  await openStep(page, prepared, 4);
  const said = page.locator("#gaps-map");
  await expect(said).toContainText("Every value is mapped.");
  let release = (): void => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  let seen = 0;
  await page.route(/[?&]look=1/, async (route) => {
    seen += 1;
    if (seen === 1) {
      await held;
    }
    await route.continue().catch(() => {});
  });
  const values = page.getByRole("combobox", { name: /^Traceline value for/ });
  await values.nth(0).selectOption("");
  await expect.poll(() => seen).toBe(1);
  await values.nth(1).selectOption("");
  await expect(said).toContainText("2 values have no mapping.");
  await expect(page.locator("#preview")).toContainText("2 values unmapped");
  release();
  await page.unroute(/[?&]look=1/);
  await values.nth(0).selectOption({ index: 1 });
  await expect(said).toContainText("1 value has no mapping.");
  await page.reload();
  await expect(said, "nothing was saved").toContainText("Every value is mapped.");
});

signedIn("what the script makes needless is hidden, and comes back where it did not get through", async ({ page, prepared, quietConsole }) => {
  await openStep(page, prepared, 6);
  for (const name of ["Show its values", "Update preview"]) {
    await expect(page.getByRole("button", { name }).first()).toBeHidden();
  }
  quietConsole.allow(/Failed to load resource|ERR_FAILED/);
  await page.route(/[?&]look=1/, (route) => route.abort());
  await page.getByRole("combobox", { name: /^Traceline value for/ }).first().selectOption({ index: 2 });
  await expect(page.getByText("Traceline did not answer.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Update preview" })).toBeVisible();
});

signedIn("the parts of the dates' meter are apart, and Proceed says how much it syncs", async ({ page, prepared }) => {
  await openStep(page, prepared, 5);
  const meter = page.getByRole("img", { name: /^About [\d,]+ of [\d,]+ requirements get a date\./ });
  const parts = await meter.locator("> svg > rect").evaluateAll((all) =>
    all.map((part) => {
      const { left, right } = part.getBoundingClientRect();
      return { left, right, edge: getComputedStyle(part).stroke };
    }),
  );
  expect(parts.length).toBeGreaterThan(2);
  for (const [at, part] of parts.slice(1).entries()) {
    expect.soft(part.left - parts[at].right, `gap before part ${at + 2}`).toBeGreaterThanOrEqual(2);
    expect.soft(part.edge).not.toBe("none");
  }
  await expect(page.locator("#supply")).toContainText(/No date \d+/);
  await openStep(page, prepared, 6);
  await expect(page.getByRole("button", { name: /^Proceed, and sync about [\d,]+ work items$/ })).toBeVisible();
});

signedIn("on a phone the foot of a step is one row", async ({ page, prepared }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const step of [2, 5, 6]) {
    await openStep(page, prepared, step);
    const buttons = foot(page).getByRole("button");
    const rows = await buttons.evaluateAll((all) => all.map((button) => button.getBoundingClientRect()));
    const middles = rows.map(({ top, bottom }) => Math.round((top + bottom) / 2));
    expect(Math.max(...middles) - Math.min(...middles), `step ${step}: ${middles}`).toBeLessThan(2);
    expect(rows[0].left, "Back begins the row").toBeLessThan(rows[1].left);
  }
});
