// The form of a connection as a person works with it: what it counts, corrects, keeps and asks again; and what
// the account behind it may do.
import type { Page } from "@playwright/test";
import { expectGoodPage, takePictures } from "../support/checks.ts";
import {
  ADMIN,
  createConnection,
  fillConnection,
  send,
  setUp,
  testConnection,
  testPanel,
  tokenField,
  valuesFor,
  withScript,
} from "../support/flow.ts";
import { siteOf, withFault } from "../support/sandbox.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

let server: RunningServer;
let cookies: Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;

test.beforeAll(async ({ browser }, info) => {
  server = await startServer(`connection-form-${info.project.name}`);
  const page = await browser.newPage();
  await setUp(page, server.setup_url);
  cookies = await page.context().cookies();
  await page.context().close();
});

test.afterAll(async () => {
  await server.stop();
});

test.beforeEach(async ({ page }) => {
  await page.context().addCookies(cookies);
});

async function openForm(page: Page): Promise<void> {
  await page.goto(`${server.url}/admin/integrations/new`);
  if (withScript(page)) {
    await expect(page.locator("html[data-live]")).toHaveCount(1);
  }
}

test("characters are counted as they are stored", async ({ page }) => {
  await openForm(page);
  const name = page.getByLabel("Integration name");
  const description = page.getByLabel(/^Description/);
  // Outer spaces are not stored; a line break is one; an emoji of two UTF-16 units is one, a flag is two.
  const typed: [string, number][] = [
    ["東京 Jira", 7],
    ["  🚆 rail  ", 6],
    ["🇩🇪", 2],
  ];
  if (withScript(page)) {
    for (const [text, count] of typed) {
      await name.fill(text);
      await expect(page.getByText(`${count} of 50`, { exact: true })).toBeVisible();
    }
    await description.fill("one\ntwo\n");
    await expect(page.getByText("7 of 255", { exact: true })).toBeVisible();
    return;
  }
  // The server counts the same, whatever line breaks a browser sends.
  await name.fill("  🚆 rail  ");
  await description.fill("one\ntwo\n");
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByText("6 of 50", { exact: true })).toBeVisible();
  await expect(page.getByText("7 of 255", { exact: true })).toBeVisible();
});

const pasted: [string, "cloud" | "data_center", (url: string) => string, RegExp][] = [
  ["without https://", "cloud", (url) => url.replace("https://", ""), /https:\/\/ was added in front\./],
  ["with the path of a board", "cloud", (url) => `${url}/jira/software/projects/TRIP/boards/1`, /\/jira\/software\/projects\/TRIP\/boards\/1 was removed/],
  ["with a slash at the end of a page", "data_center", (url) => `${url}/secure/Dashboard.jspa/`, /\/secure\/Dashboard\.jspa was removed/],
];
for (const [what, deployment, paste, notice] of pasted) {
  test(`an address ${what} is put right, and that is said`, async ({ page }) => {
    const values = valuesFor(siteOf(server, deployment));
    await openForm(page);
    await fillConnection(page, { ...values, url: paste(values.url) });
    await testConnection(page, /^Connected[.,]/);
    await expect(page.locator("#url-notices").getByText(notice)).toBeVisible();
    await expect(page.getByLabel("Organization URL")).toHaveValue(values.url);
  });
}

test("the other type of Jira is one press away, and what was typed stays", async ({ page, quietConsole }) => {
  test.slow();
  quietConsole.allow(/status of 4\d\d/);
  const values = { ...valuesFor(siteOf(server, "data_center")), name: "Wrong way round" };
  await openForm(page);
  // A Data Center address under Cloud: the address itself tells it.
  await fillConnection(page, { ...values, deployment: "cloud", email: ADMIN.email });
  await page.getByLabel(/^Description/).fill("kept");
  await testConnection(page, /is not a Jira Cloud site/);
  await expectGoodPage(page);
  await send(page, page.getByRole("button", { name: "Switch to Jira Data Center" }));
  await expect(page.getByText("Switched to Jira Data Center.")).toBeVisible();
  await expect(page.getByRole("radio", { name: /^Jira Data Center/ })).toBeChecked();
  await expect(page.getByLabel("Integration name")).toHaveValue(values.name);
  await expect(page.getByLabel("Organization URL")).toHaveValue(values.url);
  await expect(page.getByLabel(/^Description/)).toHaveValue("kept");
  await expectGoodPage(page);
  await takePictures(page, "switched");
  if (withScript(page)) {
    // The token was in its field, and is held sealed for this address.
    await expect(page.getByText(/^The token that you typed is held for 10 minutes/)).toBeVisible();
  } else {
    // A refused form keeps no token; it has to be typed again, which is said.
    await expect(page.getByText("What you typed is kept, except a token.")).toBeVisible();
    await tokenField(page).fill(values.token);
  }
  await testConnection(page, /^Connected[.,]/);

  // A Cloud site under Data Center, where only Jira's answer tells it.
  const cloud = valuesFor(siteOf(server, "cloud"));
  await openForm(page);
  await fillConnection(page, { ...cloud, deployment: "data_center" });
  await testConnection(page, /The address belongs to Jira Cloud/);
  await send(page, page.getByRole("button", { name: "Switch to Jira Cloud" }));
  await expect(page.getByText("Switched to Jira Cloud.")).toBeVisible();
  await page.getByRole("textbox", { name: "Account email" }).fill(cloud.email ?? "");
  await testConnection(page, /^Connected[.,]/);
  expect(await page.content()).not.toContain(cloud.token);
});

test("what was typed survives the end of a session and signing in again", async ({ page }) => {
  const values = { ...valuesFor(siteOf(server, "data_center")), name: "Outlives the session" };
  await openForm(page);
  await fillConnection(page, values);
  await page.getByLabel(/^Description/).fill("typed before");
  if (withScript(page)) {
    // Save is open only after a test.
    await testConnection(page, /^Connected[.,]/);
  }
  await page.context().clearCookies({ name: "traceline" });
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await send(page, page.getByRole("button", { name: "Sign in" }));
  await expect(page.locator("#errors")).toContainText("Your session had ended when you sent the form.");
  await expect(page.getByText("What you typed is still here, except a token: enter it again.")).toBeVisible();
  await expect(page.getByLabel("Integration name")).toHaveValue(values.name);
  await expect(page.getByLabel("Organization URL")).toHaveValue(values.url);
  await expect(page.getByLabel(/^Description/)).toHaveValue("typed before");
  await expect(page.getByRole("radio", { name: /^Jira Data Center/ })).toBeChecked();
  await expect(tokenField(page)).toHaveValue("");
  cookies = await page.context().cookies();
});

test("Back finds what was tested", async ({ page }) => {
  const values = { ...valuesFor(siteOf(server, "data_center")), name: "Back again" };
  await openForm(page);
  await fillConnection(page, values);
  if (withScript(page)) {
    // Whoever leaves with something typed is asked first.
    const asked = page.waitForEvent("dialog");
    const left = page.getByRole("link", { name: "Cancel" }).click();
    const question = await asked;
    expect(question.type()).toBe("beforeunload");
    await question.dismiss();
    await left.catch(() => undefined);
    await expect(page.getByLabel("Integration name")).toHaveValue(values.name);
    await expect(tokenField(page)).toHaveValue(values.token);
    return;
  }
  await testConnection(page, /^Connected[.,]/);
  await page.goto(`${server.url}/admin/integrations`);
  await page.goBack();
  await expect(page.getByLabel("Integration name")).toHaveValue(values.name);
  await expect(page.getByLabel("Organization URL")).toHaveValue(values.url);
  await expect(testPanel(page).getByText(/^Connected[.,]/)).toBeVisible();
});

test("Save waits for a passed test, and tests by itself where no script runs", async ({ page, quietConsole }) => {
  quietConsole.allow(/status of 4\d\d/);
  const values = { ...valuesFor(siteOf(server, "data_center")), name: "Tested or not" };
  await openForm(page);
  await fillConnection(page, { ...values, token: "wrong" });
  const save = page.getByRole("button", { name: "Save" });
  if (withScript(page)) {
    await expect(save).toBeDisabled();
    await expect(save).toHaveAccessibleDescription("Save is possible after a passed test");
    await testConnection(page, /Jira refuses the personal access token/);
    await expect(save).toBeDisabled();
    await tokenField(page).fill(values.token);
    await expect(page.locator("#test-state")).toHaveText("Tested with older values. Test again to save");
    await testConnection(page, /^Connected[.,]/);
    await expect(save).toBeEnabled();
  } else {
    await send(page, save);
    await expect(page.locator("#errors")).toContainText("Jira refuses the personal access token");
    await tokenField(page).fill(values.token);
  }
  await send(page, save);
  await expect(page.getByText("Connection created.")).toBeVisible();
});

test("a stored token is never shown, is replaced on demand, and goes to no other address", async ({ page, quietConsole }) => {
  quietConsole.allow(/status of 4\d\d/);
  const values = valuesFor(siteOf(server, "data_center"), "Keeps its token");
  await createConnection(page, server.url, values);
  await send(page, page.getByRole("row", { name: values.name }).getByRole("link", { name: `Edit ${values.name}` }));
  await expect(page.getByText(/^Set .* by Ada Castellan\.$/)).toBeVisible();
  expect(await page.content()).not.toContain(values.token);
  // Read from Jira, for nobody typed it.
  await expect(page.getByLabel(/^Token expiry/)).not.toHaveValue("");
  await expect(testPanel(page).getByText("Read from Jira, and saved as token expiry.")).toBeVisible();

  await page.getByLabel("Organization URL").fill("http://127.0.0.1:9");
  await testConnection(page, /The address or its certificate authority changed, so the stored token is not sent there\. Enter the token again\./);
  await expect(tokenField(page), "Replace is open").toBeVisible();

  await page.getByLabel("Organization URL").fill(values.url);
  await tokenField(page).fill("sandbox-dc-quentin-token");
  await testConnection(page, /^Connected, with limits\./);
  await expect(testPanel(page)).toContainText("Quentin Marsh");
  await expect(testPanel(page)).toContainText(/Jira Data Center 10\.7\.4/);
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByText("Connection saved.")).toBeVisible();
  await expect(page.getByRole("row", { name: values.name })).toContainText("Quentin Marsh");
});

test("the page of rights looks at all projects or at one, and explains its create screens", async ({ page }) => {
  const site = siteOf(server, "data_center");
  const values = { ...valuesFor(site, "Rights"), token: "sandbox-dc-quentin-token" };
  await createConnection(page, server.url, values);
  await send(page, page.getByRole("row", { name: /^Rights/ }).getByRole("link", { name: "Edit Rights" }));
  await send(page, page.getByRole("link", { name: "Rights", exact: true }));
  await expect(page.getByRole("heading", { level: 1, name: "Rights of Rights" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "In at least one project" })).toBeVisible();
  const row = (feature: RegExp) => page.getByRole("row", { name: feature });
  await expect(row(/^Set up the webhook/)).toContainText("Blocked");
  await expect(row(/^Set up the webhook/)).toContainText("Grant Administer Jira in Jira.");
  await expect(row(/^Sync, link bugs/)).toContainText("Ready");
  await expectGoodPage(page);

  await page.getByLabel("Look at one Jira project").fill("no such project");
  await send(page, page.getByRole("button", { name: "Search" }));
  await expect(page.getByText("No Jira project matches")).toBeVisible();
  await expectGoodPage(page);
  await page.getByLabel("Look at one Jira project").fill("trip");
  await send(page, page.getByRole("button", { name: "Search" }));
  await send(page, page.getByRole("link", { name: "Show the rights in TRIP" }));
  await expect(page.getByRole("heading", { name: /^In TRIP, / })).toBeVisible();
  await expect(page.getByText(/^No create screen in TRIP requires/)).toBeVisible();

  // A screen that requires what only some may set.
  const field = (id: string) => ({ fieldId: id, name: id, required: true, hasDefaultValue: false, schema: { type: "string" } });
  const screen = { startAt: 0, maxResults: 50, total: 2, isLast: true, values: [field("assignee"), field("duedate")] };
  await withFault(site, { path: "/rest/api/2/issue/createmeta/TRIP/issuetypes/", json: JSON.stringify(screen) }, async () => {
    await send(page, page.getByRole("link", { name: "Check again" }));
    await expect(page.getByText(/in TRIP require Assignee and Due date: Assign Issues and Schedule Issues are needed\.$/)).toBeVisible();
    await expect(row(/^Create bugs where/)).toContainText("Schedule Issues");
    await expectGoodPage(page);
    await takePictures(page, "rights");
  });
  await withFault(site, { path: "/rest/api/2/mypermissions", status: 503 }, async () => {
    await send(page, page.getByRole("link", { name: "Check again" }));
    await expect(page.getByText("Not everything could be asked.")).toBeVisible();
    await expectGoodPage(page);
  });
  await send(page, page.getByRole("link", { name: "In at least one project" }));
  await expect(page.getByRole("heading", { name: "In at least one project" })).toBeVisible();
});
