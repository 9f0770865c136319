// Accessibility of what the main flow does not pass: pages of the administration, questions before something is
// done, failed forms, error pages, syncs that run and fail, and the kit with its layers open.
import type { Page } from "@playwright/test";
import { expectAccessible, expectGoodPage } from "../support/checks.ts";
import {
  createConfiguration,
  createConnection,
  createProject,
  send,
  setUp,
  syncPanel,
  TRIP,
  testConnection,
  valuesFor,
  waitForSync,
  walkWizard,
} from "../support/flow.ts";
import { pagePaths } from "../support/pages.ts";
import { siteOf, withFault } from "../support/sandbox.ts";
import { expect, signedIn, test } from "../support/test.ts";

/** Pages that the main flow looks at. */
const PASSED = /^\/$|\/(members|integrations|available|new|sync|plans|requirements|bugs|settings)$|\/step\/|[?]|\/(releases|sprints|requirements)\//;

signedIn("pages of the administration", async ({ page, prepared }) => {
  signedIn.slow();
  const rest = (await pagePaths(page, prepared)).filter((path) => !PASSED.test(path) || path === "/admin/settings" || path.endsWith("zoom=week"));
  expect(rest.length, rest.join(" ")).toBeGreaterThan(5);
  for (const path of rest) {
    await page.goto(path);
    await expectGoodPage(page);
  }
});

signedIn("questions before something is done", async ({ page, browser }, info) => {
  signedIn.slow();
  await page.goto("/admin/users/new");
  await page.getByLabel("Name").fill("Nora Leaving");
  await page.getByLabel("Email").fill(`nora.${info.project.name}.${info.workerIndex}.${info.retry}@lanternway.example`);
  await send(page, page.getByRole("button", { name: /^Add / }));
  await expect(page.getByRole("textbox", { name: "One-time link" })).toBeVisible();
  await expectGoodPage(page);
  const link = await page.getByRole("textbox", { name: "One-time link" }).inputValue();
  const person = new URL(page.url()).pathname;
  await page.goto(`${person}?confirm=deactivate`);
  await expect(page.getByRole("heading", { level: 1, name: /^Deactivate/ })).toBeVisible();
  await expectGoodPage(page);

  // The new person's own browser.
  const context = await browser.newContext();
  const theirs = await context.newPage();
  await theirs.goto(link);
  await expect(theirs.getByLabel("Password", { exact: true })).toBeVisible();
  await expectGoodPage(theirs);
  await theirs.getByLabel("Password", { exact: true }).fill("short");
  await send(theirs, theirs.getByRole("main").getByRole("button"));
  await expect(theirs.locator("#errors")).toBeVisible();
  await expectGoodPage(theirs);
  await context.close();
});

signedIn("failed forms", async ({ page, prepared, quietConsole }) => {
  signedIn.slow();
  quietConsole.allow(/status of 4\d\d/);
  await page.goto("/projects/new");
  await send(page, page.getByRole("button", { name: "Create project" }));
  await expect(page.locator("#errors")).toBeVisible();
  await expectGoodPage(page);

  await page.goto("/admin/integrations/new");
  await testConnection(page, /The organization URL is empty/);
  await expectGoodPage(page);

  // Nothing of it is saved: other tests look at the same configuration.
  await page.goto(`/projects/${prepared.project}/integrations/${prepared.configuration}/step/1`);
  await page.getByLabel("Description").fill("x".repeat(2_000));
  await send(page, page.getByRole("button", { name: /^Next/ }));
  await expect(page.locator("#errors")).toBeVisible();
  await expectGoodPage(page);
});

test("pages of errors", async ({ page, traceline, quietConsole }) => {
  quietConsole.allow(/status of 4\d\d/);
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill("nobody@lanternway.example");
  await page.getByLabel("Password").fill("wrong");
  await send(page, page.getByRole("button", { name: "Sign in" }));
  await expectGoodPage(page);
  // A form of another site: the page of every refusal is made of the same parts.
  await page.goto("about:blank");
  await page.setContent(`<form method="post" action="${traceline.url}/api/sign_in"><button>Send</button></form>`);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "This request is not allowed" })).toBeVisible();
  await expectGoodPage(page);
});

test("a sync that runs and one that fails", async ({ page, ownServer, quietConsole }) => {
  test.setTimeout(240_000);
  quietConsole.allow(/status of 4\d\d/);
  const site = siteOf(ownServer, "data_center");
  await setUp(page, ownServer.setup_url);
  await createConnection(page, ownServer.url, valuesFor(site));
  const project = await createProject(page, ownServer.url, "Booking Platform");
  await createConfiguration(page, ownServer.url, project, site.name);
  await walkWizard(page, TRIP);
  await withFault(site, { path: "/rest/api/2/search", delay_ms: 60_000 }, async () => {
    await send(page, page.getByRole("button", { name: "Proceed" }));
    await expect(syncPanel(page).locator("[aria-current=step]")).toBeVisible();
    await expectGoodPage(page);
    await page.goto(`${ownServer.url}/projects/${project}/integrations`);
    await expect(page.getByRole("row", { name: /TRIP/ })).toContainText("Inactive");
    await expect(page.getByRole("row", { name: /TRIP/ })).toContainText("Syncing");
    await page.goBack();
    await send(page, page.getByRole("link", { name: "Cancel sync" }));
    await expectGoodPage(page);
    await send(page, page.getByRole("button", { name: "Cancel sync" }));
    expect(await waitForSync(page)).toMatch(/^Cancelled/);
  });
  // As long as Jira refuses the token: the background check would find out at once that it takes it again.
  await withFault(site, { path: "/rest/api/2", status: 401 }, async () => {
    await send(page, page.getByRole("button", { name: "Sync", exact: true }));
    expect(await waitForSync(page)).toMatch(/^(Failed|Error)/);
    await expectGoodPage(page);
    for (const path of [`/projects/${project}/integrations`, "/admin/integrations", `/projects/${project}/plans`]) {
      await page.goto(`${ownServer.url}${path}`);
      await expect(page.getByRole("main")).toContainText(/error/i);
      await expectGoodPage(page);
    }
  });
});

test("the kit with its layers open", async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto("/kit");
  await expect(page.locator("html[data-live]")).toHaveCount(1);
  await expectGoodPage(page);
  await page.locator("a[data-dialog=ask]").first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});
