// The main job, end to end: set up, connect a Jira, link a project in six steps, Proceed, Plans, a requirement.
// Every page passed on the way must be good.
import { expectGoodPage, expectNoSidewaysScroll, takePictures } from "../support/checks.ts";
import {
  createConfiguration,
  createConnection,
  createProject,
  openInProject,
  proceedAndWait,
  send,
  setUp,
  signIn,
  signOut,
  syncPanel,
  TRIP,
  type Visit,
  valuesFor,
  waitForSync,
  walkWizard,
  withScript,
} from "../support/flow.ts";
import type { RunningServer } from "../support/server.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

// Pages are the same documents with script and without, for Cloud and for Data Center: each is looked at
// with axe once, in the run that shows it best. The others look at its width alone.
const WITH_SCRIPT = (name: string) => !["step-1-search", "step-6", "connection-form"].includes(name);
const OF_DATA_CENTER = ["connection-tested", "connections-one", "step-5-open", "sync-done", "requirement"];
const WITHOUT_SCRIPT = ["connection-tested", "step-1", "plans"];

/** Looks at each page once; `thorough` says at which with axe. */
class Visits {
  readonly seen = new Set<string>();
  readonly visit: Visit;

  constructor(thorough: (name: string) => boolean) {
    this.visit = async (page, name) => {
      if (this.seen.has(name)) {
        return;
      }
      this.seen.add(name);
      if (thorough(name)) {
        await expectGoodPage(page);
        await takePictures(page, name);
      } else {
        await expectNoSidewaysScroll(page);
      }
    };
  }
}

async function walk(page: Page, server: RunningServer, deployment: "cloud" | "data_center", visit: Visit): Promise<void> {
  const site = server.sandbox.find((one) => one.deployment === deployment);
  if (site === undefined) {
    throw new Error(`the sandbox has no ${deployment} site`);
  }
  await setUp(page, server.setup_url, "Ada Castellan", visit);

  // The address of the setup is dead now, and a second person cannot use it.
  await signOut(page);
  expect((await page.request.get(server.setup_url)).status()).toBe(404);
  await signIn(page, server.url, visit);

  await createConnection(page, server.url, valuesFor(site), visit);
  const project = await createProject(page, server.url, "Booking Platform", visit);
  await visit(page, "members");
  await openInProject(page, "Plans");
  await expect(page.getByText("No Jira project is linked yet")).toBeVisible();
  await visit(page, "plans-empty");
  await openInProject(page, "Requirements");
  await visit(page, "requirements-empty");

  const configuration = await createConfiguration(page, server.url, project, site.name, visit);
  await walkWizard(page, TRIP, visit);
  await proceedAndWait(page, visit);

  // A second run changes nothing.
  await page.reload();
  await send(page, page.getByRole("button", { name: "Sync", exact: true }));
  await expect(page).toHaveURL(new RegExp(`${configuration}/sync`));
  expect(await waitForSync(page)).toMatch(/^Done/);
  for (const [number, word] of [["0", "new"], ["0", "changed"], ["0", "deleted in Jira"]]) {
    await expect(syncPanel(page).locator(".stat").filter({ hasText: new RegExp(`\\d${word}$`) })).toHaveText(`${number}${word}`);
  }

  await openInProject(page, "Integrations");
  await expect(page.getByRole("row", { name: /TRIP/ })).toContainText("Active");
  await visit(page, "integrations-linked");

  await openInProject(page, "Plans");
  await expect(page.getByRole("link", { name: "3.0 Group trips" }).first()).toBeVisible();
  await visit(page, "plans");
  await send(page, page.getByRole("group", { name: "View" }).getByRole("link", { name: "List" }));
  const release = page.getByRole("row", { name: /3\.0 Group trips/ });
  await expect(release).toContainText("Unreleased");
  await expect(page.getByRole("row", { name: /^Trip 45/ }).first()).toBeVisible();
  await visit(page, "plans-list");

  await send(page, page.getByRole("link", { name: "Trip 45" }).first());
  await expect(page.getByRole("heading", { level: 1, name: "Trip 45" })).toBeVisible();
  await visit(page, "sprint");
  await page.goBack();
  await send(page, page.getByRole("link", { name: "3.0 Group trips" }).first());
  await expect(page.getByRole("heading", { level: 1, name: "3.0 Group trips" })).toBeVisible();
  await visit(page, "release");

  await send(page, page.getByRole("link", { name: /^TRIP-\d+$/ }).first());
  await expect(page.getByRole("heading", { name: "Description" })).toBeVisible();
  await expect(page.getByText(/^Rule: /).first()).toBeVisible();
  const toJira = page.getByRole("link", { name: /^Open in Jira/ });
  await expect(toJira).toHaveAttribute("href", new RegExp(`^${site.url}/browse/TRIP-\\d+$`));
  await visit(page, "requirement");
  const [key] = /TRIP-\d+$/.exec((await toJira.getAttribute("href")) ?? "") ?? [""];
  const [jira] = await Promise.all([page.waitForEvent("popup"), toJira.click()]);
  await expect(jira).toHaveURL(`${site.url}/browse/${key}`);
  await expect(jira.getByText(`/ ${key}`)).toBeVisible();
  await jira.close();

  await openInProject(page, "Requirements");
  await expect(page.getByRole("status").filter({ hasText: /^\d+ requirements$/ })).toBeVisible();
  await visit(page, "requirements");

  await openInProject(page, "Plans");
  const open = page.getByRole("link", { name: "open bugs" });
  const number = await page.locator(".stat").filter({ has: open }).locator("b").textContent();
  await send(page, open);
  await expect(page.getByRole("status").filter({ hasText: `${number} bugs found` })).toBeVisible();
  await visit(page, "bugs");

  await openInProject(page, "General");
  await visit(page, "project-settings");
  await send(page, page.getByRole("link", { name: "Delete project" }));
  await visit(page, "project-delete");
}

test.describe("the main flow", () => {
  // The links to Jira lead to the sandbox, whose certificate no browser knows.
  test.use({ ignoreHTTPSErrors: true });
  // Some 25 pages, each looked at three times, on machines that may have other work.
  test.setTimeout(600_000);

  test("for Cloud", async ({ page, ownServer }) => {
    const script = withScript(page);
    const visits = new Visits(script ? WITH_SCRIPT : (name) => WITHOUT_SCRIPT.includes(name));
    await walk(page, ownServer, "cloud", visits.visit);
    expect(script ? [] : WITHOUT_SCRIPT.filter((name) => !visits.seen.has(name)), "never passed").toEqual([]);
  });

  test("for Data Center", async ({ page, ownServer }) => {
    const script = withScript(page);
    const visits = new Visits((name) => script && OF_DATA_CENTER.includes(name));
    await walk(page, ownServer, "data_center", visits.visit);
    expect(OF_DATA_CENTER.filter((name) => !visits.seen.has(name)), "never passed").toEqual([]);
  });
});
