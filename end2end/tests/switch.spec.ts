// Disconnecting a connection and connecting it again, as its admin meets it, with script and without.
import { expectGoodPage } from "../support/checks.ts";
import { openInProject, prepare, send, setUp, syncPanel, TRIP, waitForSync } from "../support/flow.ts";
import { siteOf, withFault } from "../support/sandbox.ts";
import { expect, test } from "../support/test.ts";

test("a connection is disconnected and connected again, and nothing is lost", async ({ page, ownServer }) => {
  test.slow();
  const site = siteOf(ownServer, "data_center");
  await setUp(page, ownServer.setup_url);
  await prepare(page, ownServer.url, site, "Booking Platform", TRIP);
  const list = `${ownServer.url}/admin/integrations`;
  const row = page.locator("tr[id^=connection-]");

  await page.goto(list);
  await send(page, page.getByRole("link", { name: `Disconnect ${site.name}` }));
  await expect(page.getByRole("heading", { name: `Disconnect ${site.name}?` })).toBeVisible();
  await expect(page.getByText("Booking Platform (TRIP)")).toBeVisible();
  await expectGoodPage(page);
  await send(page, page.getByRole("link", { name: "Keep connected" }));
  await expect(row).toContainText("Active");
  await send(page, page.getByRole("link", { name: `Disconnect ${site.name}` }));
  await send(page, page.getByRole("button", { name: "Disconnect" }));
  await expect(page.getByText("Nothing was deleted.")).toBeVisible();
  await expect(row).toContainText("Inactive");
  await expectGoodPage(page);
  await page.goto(ownServer.url);
  await send(page, page.getByRole("link", { name: "Booking Platform" }).first());
  await openInProject(page, "Integrations");
  await expect(page.getByRole("row", { name: /TRIP/ })).toContainText("Inactive");
  await expect(page.getByText(`The connection ${site.name} is disconnected.`).first()).toBeVisible();

  // A test that fails is told, and the connection is in Error until Jira answers.
  await withFault(site, { status: 500 }, async () => {
    await page.goto(list);
    await send(page, page.getByRole("link", { name: `Reconnect ${site.name}` }));
    await expectGoodPage(page);
    await send(page, page.getByRole("button", { name: "Reconnect" }));
    await expect(page.getByText("Connected again, but the test failed.")).toBeVisible();
    await expect(row).toContainText("Error");
  });
  await send(page, page.getByRole("link", { name: `Disconnect ${site.name}` }));
  await send(page, page.getByRole("button", { name: "Disconnect" }));
  await send(page, page.getByRole("link", { name: `Reconnect ${site.name}` }));
  await send(page, page.getByRole("button", { name: "Reconnect" }));
  await expect(page.getByText("Reconnected.")).toBeVisible();
  await expect(row).toContainText("Active");
  await page.goto(ownServer.url);
  await send(page, page.getByRole("link", { name: "Booking Platform" }).first());
  await openInProject(page, "Integrations");
  await send(page, page.getByRole("link", { name: /^Sync runs of / }));
  expect(await waitForSync(page)).toMatch(/^Done/);
  await expect(syncPanel(page)).toContainText("Started by Reconnect");
});
