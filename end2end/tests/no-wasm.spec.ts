// Scripts on, but the browser part does not come, or comes late: every button does its work all the same.
import type { Page } from "@playwright/test";
import {
  asleep,
  createConfiguration,
  createConnection,
  createProject,
  fillConnection,
  openConnectionForm,
  openInProject,
  proceedAndWait,
  send,
  setUp,
  testConnection,
  TRIP,
  valuesFor,
  walkWizard,
} from "../support/flow.ts";
import { expect, test } from "../support/test.ts";

const WASM = /_bg\.wasm/;

test("the whole main flow with the browser part blocked", async ({ page, ownServer, quietConsole }) => {
  test.slow();
  quietConsole.allow(/_bg\.wasm|Failed to fetch|WebAssembly|ERR_BLOCKED_BY_CLIENT|ERR_FAILED/);
  await page.route(WASM, (route) => route.abort("blockedbyclient"));
  asleep.add(page);
  const [cloud] = ownServer.sandbox;
  await setUp(page, ownServer.setup_url);
  await createConnection(page, ownServer.url, valuesFor(cloud));
  const project = await createProject(page, ownServer.url, "Booking Platform");
  await createConfiguration(page, ownServer.url, project, cloud.name);
  await walkWizard(page, TRIP);
  await proceedAndWait(page);
  await openInProject(page, "Plans");
  await expect(page.getByRole("link", { name: "3.0 Group trips" }).first()).toBeVisible();
  // Nothing on any page waits for a script that never comes.
  await page.goto(`${ownServer.url}/admin/integrations/new`);
  await expect(page.locator("button:visible:disabled")).toHaveCount(0);
});

/** Holds the browser part back until `come` is called. */
async function holdBack(page: Page): Promise<() => void> {
  let come = () => {};
  const arrived = new Promise<void>((done) => (come = done));
  await page.route(WASM, async (route) => {
    await arrived;
    await route.continue().catch(() => undefined);
  });
  return come;
}

test("a browser part that comes late finds everything as it was left", async ({ page, ownServer }) => {
  test.slow();
  const [cloud] = ownServer.sandbox;
  await setUp(page, ownServer.setup_url);
  const come = await holdBack(page);
  const values = valuesFor(cloud, "Late and whole");
  await openConnectionForm(page, ownServer.url);
  await fillConnection(page, values);
  const description = page.getByLabel(/^Description/);
  await description.fill("typed before");
  come();
  await expect(page.locator("html[data-live]")).toHaveCount(1);
  // What was typed is still there, and counted.
  await expect(page.getByLabel("Integration name")).toHaveValue(values.name);
  await expect(page.getByLabel("Organization URL")).toHaveValue(values.url);
  await expect(description).toHaveValue("typed before");
  await expect(page.getByText("14 of 50")).toBeVisible();
  await expect(page.getByText("12 of 255")).toBeVisible();
  await testConnection(page, /^Connected[.,]/);
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByText("Connection created.")).toBeVisible();
});

test("buttons pressed before the browser part is there work once", async ({ page, ownServer }) => {
  test.slow();
  const [cloud] = ownServer.sandbox;
  await setUp(page, ownServer.setup_url);
  const come = await holdBack(page);
  asleep.add(page);
  await openConnectionForm(page, ownServer.url);
  await fillConnection(page, valuesFor(cloud));
  const posts: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posts.push(new URL(request.url()).pathname);
  });
  await testConnection(page, /^Connected[.,]/);
  expect(posts, "one test").toEqual(["/api/save_connection"]);
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByText("Connection created.")).toBeVisible();
  await expect(page.getByRole("row", { name: cloud.name })).toHaveCount(1);
  const project = await createProject(page, ownServer.url, "Once");
  await createConfiguration(page, ownServer.url, project, cloud.name);
  // The search of step 1 works as a form as long as the browser part is away, and by itself afterwards.
  await page.getByLabel("Find a Jira project").fill("PAY");
  await send(page, page.getByRole("button", { name: "Search" }));
  await expect(page.getByRole("radio", { name: /^PAY\b/ })).toBeVisible();
  await expect(page.getByRole("radio", { name: /^TRIP\b/ })).toHaveCount(0);
  await page.getByRole("radio", { name: /^PAY\b/ }).check();
  come();
  await expect(page.locator("html[data-live]")).toHaveCount(1);
  await expect(page.getByRole("radio", { name: /^PAY\b/ }), "the choice stays when the page wakes").toBeChecked();
  await page.getByLabel("Find a Jira project").fill("TRIP");
  await page.getByRole("radio", { name: /^TRIP\b/ }).check();
  posts.length = 0;
  await page.getByRole("button", { name: "Choose project" }).dblclick();
  await expect(page.getByText("TRIP is chosen and saved.").or(page.getByText("Not saved."))).toBeVisible();
  await page.goto(`${ownServer.url}/projects/${project}/integrations`);
  await expect(page.getByRole("row", { name: /TRIP/ })).toHaveCount(1);
});
