// A crash in the middle of a sync: the process is killed, started again on the same data, and the run goes on.
import { request } from "@playwright/test";
import { createConfiguration, createConnection, createProject, send, setUp, syncPanel, TRIP, valuesFor, waitForSync, walkWizard } from "../support/flow.ts";
import { siteOf, withFault } from "../support/sandbox.ts";
import type { SandboxSite } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

/** How many work items of these types the Cloud site has in a project, as it says itself. */
async function countOf(site: SandboxSite, project: string, types: string[]): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${site.email}:${site.token}`).toString("base64")}`;
  const context = await request.newContext({ ignoreHTTPSErrors: true, extraHTTPHeaders: { authorization } });
  try {
    const jql = `project = ${project} AND issuetype in (${types.map((type) => `"${type}"`).join(", ")})`;
    const answer = await context.post(`${site.url}/rest/api/3/search/approximate-count`, { data: { jql } });
    expect(answer.ok(), await answer.text()).toBe(true);
    return ((await answer.json()) as { count: number }).count;
  } finally {
    await context.dispose();
  }
}

test("a sync goes on after the process was killed, and a second one changes nothing", async ({ page, ownServer, quietConsole }) => {
  test.slow();
  // The open page loses its stream, and reaches nobody for a while.
  quietConsole.allow(/net::ERR_/);
  const site = siteOf(ownServer, "cloud");
  const stat = (word: string) => syncPanel(page).locator(".stat").filter({ hasText: new RegExp(`\\d${word}$`) });
  await setUp(page, ownServer.setup_url);
  await createConnection(page, ownServer.url, valuesFor(site));
  const project = await createProject(page, ownServer.url, "Booking Platform");
  await createConfiguration(page, ownServer.url, project, site.name);
  await walkWizard(page, TRIP);
  const expected = await countOf(site, TRIP.project, [...TRIP.types, ...(TRIP.bugTypes ?? [])]);
  const before = { url: ownServer.url, sites: ownServer.sandbox.map(({ url }) => url) };

  // The first page of work items is read, the second never comes.
  await withFault(site, { path: "/rest/api/3/search/jql", hang: true, skip: 1 }, async () => {
    await send(page, page.getByRole("button", { name: "Proceed" }));
    await expect(stat("new")).toHaveText(/^[1-9]\d*new$/, { timeout: 30_000 });
    await expect(syncPanel(page).locator(".status").first()).not.toHaveText(/Done|Failed/);
    expect(Number.parseInt(await stat("new").innerText(), 10)).toBeLessThan(expected);
    await ownServer.kill();
    await ownServer.restart();
  });
  expect({ url: ownServer.url, sites: ownServer.sandbox.map(({ url }) => url) }, "where it was").toEqual(before);

  await page.reload();
  expect(await waitForSync(page)).toMatch(/^Done/);
  await expect(stat("new")).toHaveText(`${expected}new`);
  await expect(stat("changed")).toHaveText("0changed");
  await expect(stat("unchanged")).toHaveText("0unchanged");

  await page.reload();
  await send(page, page.getByRole("button", { name: "Sync", exact: true }));
  expect(await waitForSync(page)).toMatch(/^Done/);
  await expect(stat("new")).toHaveText("0new");
  await expect(stat("changed")).toHaveText("0changed");
  await expect(stat("deleted in Jira")).toHaveText("0deleted in Jira");
  await expect(stat("unchanged")).toHaveText(`${expected}unchanged`);
});
