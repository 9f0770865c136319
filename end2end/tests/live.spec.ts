// Pages that change while they are open: parts of them are brought up to date from the server's own pages,
// and nothing that a person typed, focused or marked is lost by it.
import { fillConnection, prepare, send, setUp, syncPanel, testConnection, testPanel, tokenField, TRIP, valuesFor, waitForSync } from "../support/flow.ts";
import { siteOf, withFault } from "../support/sandbox.ts";
import { expect, test } from "../support/test.ts";

test("a test leaves the token in its field alone, and shows problems and results in turn", async ({ page, ownServer, quietConsole }) => {
  quietConsole.allow(/status of 4\d\d/);
  await setUp(page, ownServer.setup_url);
  const values = valuesFor(siteOf(ownServer, "cloud"));
  await page.goto(`${ownServer.url}/admin/integrations/new`);
  await expect(page.locator("html[data-live]")).toHaveCount(1);
  const save = page.getByRole("button", { name: "Save" });
  await expect(save).toBeDisabled();
  await fillConnection(page, { ...values, name: " ", url: "http://lanternway.atlassian.net" });
  await testConnection(page, /Jira Cloud is only reached over https/);
  const address = page.getByLabel("Organization URL");
  await expect(address).toBeFocused();
  await expect(address).toHaveAccessibleDescription(/Jira Cloud is only reached over https/);
  await expect(page.locator("#errors").getByRole("link", { name: /Jira Cloud is only reached over https/ })).toBeVisible();
  await expect(page.getByText("enter it again")).toHaveCount(0);
  await expect(tokenField(page)).toHaveValue(values.token);
  await expect(save).toBeDisabled();

  // A test asks for no name.
  await address.fill(values.url);
  await testConnection(page, /^Connected[.,]/);
  await expect(page.locator("#errors")).toHaveCount(0);
  await expect(page.locator("[aria-invalid=true]")).toHaveCount(0);
  await expect(page.locator("#test-state")).toHaveText("Tested with the values shown");
  await expect(tokenField(page)).toHaveValue(values.token);
  await expect(save).toBeEnabled();
  // Neither the address nor the document holds the token, nor the id of the test that does.
  expect(page.url()).toBe(`${ownServer.url}/admin/integrations/new`);
  expect(await page.content()).not.toContain(values.token);

  await page.getByLabel("Organization URL").fill("https://other.atlassian.net");
  await expect(page.locator("#test-state")).toHaveText("Tested with older values. Test again to save");
  await expect(testPanel(page).getByText("Tested with older values")).toBeVisible();
  await expect(save).toBeDisabled();

  // A server that does not answer, and a session that is over, are said; nothing typed is lost.
  await page.route("**/api/save_connection", (route) => route.abort());
  quietConsole.allow(/ERR_FAILED/);
  await testConnection(page, /^Not tested\./);
  await page.unroute("**/api/save_connection");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.locator("#test-state")).not.toHaveText("Testing");
  await expect(page.getByText("Not tested.")).toBeVisible();
  await expect(tokenField(page)).toHaveValue(values.token);
});

test("the list of connections follows their status", async ({ page, ownServer }) => {
  test.slow();
  const site = siteOf(ownServer, "cloud");
  await setUp(page, ownServer.setup_url);
  await prepare(page, ownServer.url, site, "Booking Platform", TRIP);
  const sync = page.url();
  await page.goto(`${ownServer.url}/admin/integrations`);
  const row = page.getByRole("row", { name: site.name });
  await expect(row).toContainText("1 project");
  await expect(row).toContainText("TRIP");
  await expect(row.locator(".status")).toHaveText("Active");
  const other = await page.context().newPage();
  await withFault(site, { path: "/rest/api/3", status: 401 }, async () => {
    await other.goto(sync);
    await send(other, other.getByRole("button", { name: "Sync", exact: true }));
    await expect(row.locator(".status")).toHaveText("Error", { timeout: 30_000 });
    await expect(page.getByRole("main").getByRole("status")).toHaveText(`${site.name}: Error`);
  });
  await other.close();
});

test("the page of syncs follows its run as a whole and keeps the focus", async ({ page, ownServer }) => {
  test.slow();
  const site = siteOf(ownServer, "cloud");
  await setUp(page, ownServer.setup_url);
  await prepare(page, ownServer.url, site, "Booking Platform", TRIP);
  const history = page.getByRole("table", { name: "Earlier sync runs" }).getByRole("rowheader");
  await expect(history).toHaveCount(0);

  const button = page.getByRole("button", { name: "Sync", exact: true });
  await expect(button, "it came back with the end of the run").toBeVisible();
  await withFault(site, { path: "/rest/api/3/search", delay_ms: 4_000, times: 1 }, async () => {
    await send(page, button);
    await expect(page.getByText("Live updates are on.")).toBeVisible();
    await expect(button).toHaveCount(0);
    await expect(history).toHaveCount(1);
    const cancel = cancelLinks(page);
    await cancel.focus();
    await expect(syncPanel(page).locator("[aria-current=step]")).toBeVisible();
    await expect(cancel).toBeFocused();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await waitForSync(page)).toMatch(/^Done/);
  });
  await expect(cancelLinks(page)).toHaveCount(0);
  await expect(syncPanel(page).getByRole("heading", { level: 2 })).toBeFocused();
  await expect(syncPanel(page).getByRole("status")).toHaveText(/^Sync: Done/);
  await expect(button).toBeVisible();
});

const cancelLinks = (page: Parameters<typeof syncPanel>[0]) => page.getByRole("main").getByRole("link", { name: "Cancel sync" });

test("a refused stream is asked for again, and a session that is over is said", async ({ page, ownServer, quietConsole }) => {
  test.slow();
  quietConsole.allow(/status of 503/);
  const site = siteOf(ownServer, "cloud");
  await setUp(page, ownServer.setup_url);
  await prepare(page, ownServer.url, site, "Booking Platform", TRIP);

  let refused = 0;
  await page.route("**/live", (route) => {
    refused += 1;
    return refused === 1 ? route.fulfill({ status: 503 }) : route.fallback();
  });
  await page.reload();
  const live = page.locator("#live");
  const lost = page.locator("#live-lost");
  await expect(live).toHaveText("Live updates paused, trying again.");
  await expect(live).toHaveText("Live updates are on.", { timeout: 30_000 });
  await expect(lost).toBeHidden();
  expect(refused).toBe(2);

  refused = 0;
  await page.reload();
  await expect(live).toHaveText("Live updates paused, trying again.");
  await page.context().clearCookies();
  await expect(live).toContainText("Live updates have ended.", { timeout: 30_000 });
  await expect(lost).toContainText("Live updates have ended.");
});

test("every open page hears of an Error, and of its end", async ({ page, ownServer }) => {
  test.slow();
  const site = siteOf(ownServer, "cloud");
  await setUp(page, ownServer.setup_url);
  await prepare(page, ownServer.url, site, "Booking Platform", TRIP);
  const sync = page.url();
  const requirements = sync.replace(/\/integrations\/.*/, "/requirements");
  const tabs = [await page.context().newPage(), await page.context().newPage(), await page.context().newPage()];
  let streams = 0;
  for (const tab of tabs) {
    tab.on("request", (request) => (streams += request.url().endsWith("/live") ? 1 : 0));
  }
  await tabs[0].goto(requirements);
  await tabs[1].goto(`${ownServer.url}/profile`);
  await tabs[2].goto(`${ownServer.url}/admin/integrations`);
  // The tabs of a browser share the stream that the first page opened, until that page goes elsewhere.
  await tabs[2].waitForTimeout(1_000);
  expect(streams).toBe(0);
  const words = `The connection ${site.name} is in Error.`;
  await withFault(site, { path: "/rest/api/3", status: 401 }, async () => {
    await send(page, page.getByRole("button", { name: "Sync", exact: true }));
    await expect(tabs[2].getByRole("row", { name: site.name }).locator(".status")).toHaveText("Error", { timeout: 30_000 });
    await expect(tabs[0].getByRole("main").getByText(words)).toBeVisible({ timeout: 5_000 });
    await tabs[1].getByRole("button", { name: "1 notice" }).click({ timeout: 5_000 });
    await expect(tabs[1].getByRole("link", { name: words })).toBeVisible();
  });
  await send(page, page.getByRole("button", { name: "Sync", exact: true }));
  await expect(tabs[0].getByRole("main").getByText(words)).toHaveCount(0, { timeout: 30_000 });
  await expect(tabs[1].getByRole("button", { name: "1 notice" })).toHaveCount(0);
  // Who had the stream goes: another tab takes it over.
  await page.close();
  await expect.poll(() => streams).toBeGreaterThan(0);
  for (const tab of tabs) await tab.close();
});
