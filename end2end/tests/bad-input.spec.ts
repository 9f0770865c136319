// What people get wrong and what Jira does wrong, each with its own clear message; what was typed stays.
import type { Page } from "@playwright/test";
import {
  asleep,
  type ConnectionValues,
  createConfiguration,
  createConnection,
  createProject,
  fillConnection,
  answerProject,
  pathOf,
  send,
  setUp,
  signIn,
  syncPanel,
  testConnection,
  testPanel,
  tokenField,
  TRIP,
  valuesFor,
  waitForSync,
  withScript,
} from "../support/flow.ts";
import { control, type Fault, siteOf, withFault } from "../support/sandbox.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

/** Name of the connection that the projects use. */
const CONNECTION = "For projects";

/** Characters of four bytes and two UTF-16 units each. */
const emoji = (count: number) => "🚆".repeat(count);

let server: RunningServer;
let cookies: Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

test.beforeAll(async ({ browser }, info) => {
  server = await startServer(`bad-input-${info.project.name}`);
  const page = await browser.newPage();
  await setUp(page, server.setup_url);
  cookies = await page.context().storageState();
  await page.context().close();
});

test.afterAll(async () => {
  await server.stop();
});

test.beforeEach(async ({ page, quietConsole }) => {
  // The browser notes every answer that is a refusal; there are many here.
  quietConsole.allow(/status of 4\d\d/);
  await page.context().addCookies(cookies.cookies);
});

/** Every field of the form except the token holds what was typed. */
async function expectKept(page: Page, values: ConnectionValues): Promise<void> {
  await expect(page.getByLabel("Integration name")).toHaveValue(values.name);
  await expect(page.getByLabel("Organization URL")).toHaveValue(values.url);
  if (values.deployment === "cloud") {
    await expect(page.getByRole("textbox", { name: "Account email" })).toHaveValue(values.email ?? "");
  }
}

const openForm = (page: Page) => page.goto(`${server.url}/admin/integrations/new`);

test.describe("the form of a connection", () => {
  const cloud = (): ConnectionValues => valuesFor(siteOf(server, "cloud"));
  const dataCenter = (): ConnectionValues => valuesFor(siteOf(server, "data_center"));

  const typed: [string, () => ConnectionValues, RegExp][] = [
    ["http:// for Cloud", () => ({ ...cloud(), url: "http://lanternway.atlassian.net" }), /Jira Cloud is only reached over https:\/\/\. Change http:\/\/ to https:\/\/\./],
    ["a token without email on Cloud", () => ({ ...cloud(), email: "" }), /The account email is missing\. Jira Cloud accepts an API token only together with the email/],
    ["no token", () => ({ ...dataCenter(), token: "" }), /The personal access token is missing\./],
    ["a host that is not Cloud", () => ({ ...cloud(), url: "https://jira.example.com" }), /is not a Jira Cloud site; those end in \.atlassian\.net or \.jira\.com\./],
    ["no address", () => ({ ...dataCenter(), url: "" }), /The organization URL is empty\./],
    ["an address with a password", () => ({ ...dataCenter(), url: "http://ada:secret@127.0.0.1" }), /contains a user name or password/],
  ];
  for (const [what, values, message] of typed) {
    test(`${what} is named, and what was typed stays`, async ({ page }) => {
      await openForm(page);
      await fillConnection(page, values());
      await testConnection(page, message);
      if (!what.includes("password")) {
        await expectKept(page, values());
      }
      if (!withScript(page)) {
        // The summary has the focus and leads to the field, which is marked.
        await expect(page.locator("#errors")).toBeFocused();
        const link = page.locator("#errors").getByRole("link").first();
        const field = page.locator((await link.getAttribute("href")) ?? "#nowhere");
        await expect(field).toHaveAttribute("aria-invalid", "true");
        await expect(field).toHaveAccessibleDescription(message);
        await expect(tokenField(page)).toHaveValue("");
      }
    });
  }

  const named: [string, string, RegExp][] = [
    ["an empty name", "  ", /The integration name is empty\. Enter 1 to 50 characters\./],
    ["a name of 51 emoji", emoji(51), /has 51 characters\. The limit is 50; shorten it by 1\./],
  ];
  for (const [what, name, message] of named) {
    test(`${what} keeps a connection from being saved, not from being tested`, async ({ page }) => {
      await openForm(page);
      await fillConnection(page, { ...cloud(), name });
      await testConnection(page, /^Connected[.,]/);
      await send(page, page.getByRole("button", { name: "Save" }));
      await expect(page.locator("#errors").getByText(message)).toBeVisible();
      await expect(page.getByLabel("Integration name")).toHaveValue(name);
      await expect(page.getByLabel("Integration name")).toHaveAccessibleDescription(message);
    });
  }

  test("50 emoji are a name, 256 are too many for a description", async ({ page }) => {
    await openForm(page);
    await fillConnection(page, { ...dataCenter(), name: emoji(50) });
    await page.getByLabel(/^Description/).fill(emoji(256));
    await testConnection(page, /^Connected[.,]/);
    await send(page, page.getByRole("button", { name: "Save" }));
    await expect(page.locator("#errors").getByText(/The description has 256 characters\. The limit is 255; shorten it by 1\./)).toBeVisible();
    await expect(page.getByLabel("Integration name")).toHaveValue(emoji(50));
    await expect(page.getByLabel(/^Description/)).toHaveValue(emoji(256));
    await expect(page.getByText("50 of 50")).toBeVisible();
    await expect(page.getByText("256 of 255")).toBeVisible();
    await expect(page.getByText(/integration name has/)).toHaveCount(0);
  });

  test("the address of a page of Jira is cut to the site's, and that is said", async ({ page }) => {
    await openForm(page);
    const values = cloud();
    await fillConnection(page, { ...values, url: `${values.url}/browse/TRIP-1?filter=2` });
    await testConnection(page, /^Connected[.,]/);
    await expect(page.getByText(/\/browse\/TRIP-1\S* was removed: it belongs to a page, not to the site\./)).toBeVisible();
  });

  test("wrong tokens are told apart by type", async ({ page }) => {
    await openForm(page);
    await fillConnection(page, { ...cloud(), token: "not-the-token" });
    await testConnection(page, /Jira refuses the email and API token \(HTTP 401\)/);
    await expectKept(page, cloud());
    await openForm(page);
    await fillConnection(page, { ...dataCenter(), token: "not-the-token" });
    await testConnection(page, /Jira refuses the personal access token \(HTTP 401\)/);
    await expectKept(page, dataCenter());
    await expect(testPanel(page)).not.toContainText("not-the-token");
    expect(await page.content()).not.toContain("not-the-token");
  });

  const faults: [string, Fault, RegExp][] = [
    ["answers with a web page", { html: "<html><title>Sign in</title><form></form></html>" }, /answers with a web page instead of data\./],
    ["sends callers elsewhere", { redirect_to: "https://sso.example.com/login" }, /sends callers on to .*sso\.example\.com.* The token is never sent to another address\./],
    ["stops in the middle of an answer", { truncate_at: 40 }, /stops in the middle\./],
    ["is not Jira", { json: "{}" }, /answers, but not as Jira\./],
    ["is under maintenance", { status: 503 }, /Jira is not available now \(HTTP 503\)/],
  ];
  for (const [what, fault, message] of faults) {
    test(`a site that ${what}`, async ({ page }) => {
      const site = siteOf(server, "data_center");
      await withFault(site, fault, async () => {
        await openForm(page);
        await fillConnection(page, dataCenter());
        await testConnection(page, message);
        await expectKept(page, dataCenter());
      });
    });
  }

  test("a site that hangs is given up, and a test can be cancelled", async ({ page }) => {
    await withFault(siteOf(server, "data_center"), { hang: true }, async () => {
      await openForm(page);
      await fillConnection(page, dataCenter());
      if (withScript(page)) {
        await expect(page.locator("html[data-live]")).toHaveCount(1);
        await page.getByRole("button", { name: "Test connection" }).click();
        await page.getByRole("button", { name: "Cancel test" }).click();
        await expect(page.getByRole("button", { name: "Cancel test" })).toHaveCount(0);
        await expect(page.locator("#test-state")).not.toHaveText("Testing");
        await expect(tokenField(page)).toHaveValue(dataCenter().token);
      } else {
        await testConnection(page, /gives no answer within \d+ s\./);
      }
      await expectKept(page, dataCenter());
    });
  });

  test("a Data Center that is too old", async ({ page }) => {
    const site = siteOf(server, "data_center");
    await control(site, "version", { version: "10.5.9" });
    try {
      await openForm(page);
      await fillConnection(page, dataCenter());
      await testConnection(page, /This Jira has version 10\.5\.9\. Traceline needs 10\.6\.1 or newer\./);
      await expectKept(page, dataCenter());
    } finally {
      await control(site, "version", { version: "10.7.4" });
    }
  });

  test("an account without one right is connected with limits, which are named", async ({ page }) => {
    await openForm(page);
    await fillConnection(page, { ...dataCenter(), token: "sandbox-dc-quentin-token" });
    await testConnection(page, /^Connected, with limits\./);
    await expect(testPanel(page)).toContainText(/Missing: .*Administer Jira/i);
    await expect(testPanel(page)).toContainText(/Grant .* in Jira\./);
  });

  test("an account that can browse no project is told so", async ({ page }) => {
    await openForm(page);
    await fillConnection(page, { ...dataCenter(), token: "sandbox-dc-nils-token" });
    await testConnection(page, /^Signed in, but this account can browse no project\./);
    await expect(testPanel(page)).toContainText(/Browse Projects/);
  });

  test("a second connection of the same name is refused at its field", async ({ page }) => {
    await createConnection(page, server.url, dataCenter());
    await openForm(page);
    await fillConnection(page, dataCenter());
    // A name does not keep anybody from testing what the form says.
    await testConnection(page, /^Connected[.,]/);
    await send(page, page.getByRole("button", { name: /^Save/ }));
    await expect(page.locator("#errors")).toContainText(/Another connection is called .* Choose a different name\./);
    await expect(page.locator("#errors")).toBeFocused();
    await expect(page.getByLabel("Integration name")).toHaveAttribute("aria-invalid", "true");
    await expectKept(page, dataCenter());
  });
});

test.describe("a project and its configuration", () => {
  test.describe.configure({ mode: "serial" });
  test.slow();
  let project = "";

  test.beforeAll(async ({ browser }) => {
    const page = await browser.newPage({ storageState: cookies, javaScriptEnabled: false });
    asleep.add(page);
    await createConnection(page, server.url, valuesFor(siteOf(server, "data_center"), CONNECTION));
    await page.context().close();
  });

  test("a project needs a name of 1 to 50 characters", async ({ page }) => {
    for (const [name, message] of [
      ["", /The project name is empty\./],
      [emoji(51), /has 51 characters\. The limit is 50/],
    ] as const) {
      await page.goto(`${server.url}/projects/new`);
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel(/^Description/).fill("kept");
      await send(page, page.getByRole("button", { name: "Create project" }));
      await expect(page.locator("#errors")).toContainText(message);
      await expect(page.locator("#errors")).toBeFocused();
      await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
      await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
      await expect(page.getByLabel(/^Description/)).toHaveValue("kept");
    }
    project = await createProject(page, server.url, emoji(50));
    expect(project).not.toBe("");
  });

  test("Proceed without answers names every step that lacks one, with a way there", async ({ page }) => {
    const configuration = await createConfiguration(page, server.url, project, CONNECTION);
    // Nothing chosen at all: the later steps are off and say so.
    await page.goto(`${server.url}/projects/${project}/integrations/${configuration}/step/5`);
    await expect(page.getByRole("main")).toContainText(/step 1/i);
    await page.goto(`${server.url}/projects/${project}/integrations/${configuration}/step/1`);
    await page.getByLabel(/^Description/).fill(emoji(256));
    await page.getByRole("radio", { name: /^OPS\b/ }).check();
    await send(page, page.getByRole("button", { name: "Choose project" }));
    await expect(page.getByRole("main")).toContainText(/has 256 characters\. The limit is 255/);
    await expect(page.getByLabel(/^Description/)).toHaveValue(emoji(256));
    await page.getByLabel(/^Description/).fill(emoji(255));
    await page.getByRole("radio", { name: /^OPS\b/ }).check();
    await send(page, page.getByRole("button", { name: /^(Choose project|Save)$/ }).first());
    await expect(page.getByText("OPS is chosen and saved.")).toBeVisible();
    for (const step of [2, 3, 4]) {
      await send(page, page.getByRole("button", { name: /^Next: / }));
      await expect(page).toHaveURL(new RegExp(`/step/${step}`));
      if (step === 2) {
        const [requirements, bugs] = [/^Pull requirements/, /^Bug mapping/].map((name) => page.getByRole("checkbox", { name }));
        await requirements.uncheck();
        await bugs.uncheck();
        await send(page, page.getByRole("button", { name: /^Next: / }));
        await expect(page.locator("#errors")).toContainText("Nothing is chosen to pull: choose Pull requirements, Bug mapping or both.");
        await expect(page.locator("#errors")).toBeFocused();
        await expect(requirements).not.toBeChecked();
        await page.locator("#errors").getByRole("link").click();
        await requirements.check();
      }
    }
    await send(page, page.getByRole("button", { name: /^Next: / }));
    await send(page, page.getByRole("button", { name: "Proceed" }));
    await expect(page.locator("#errors")).toBeVisible();
    await expect(page.locator("#errors").getByRole("link").first()).toBeVisible();
    expect(pathOf(page)).toMatch(/\/step\/5$/);
  });

  test("a project deleted in Jira between two steps is named, and nothing is lost", async ({ page }) => {
    const site = siteOf(server, "data_center");
    await page.goto(`${server.url}/projects/${project}/integrations`);
    await send(page, page.getByRole("row", { name: /OPS/ }).getByRole("link", { name: /^Resume at step / }));
    await page.goto(page.url().replace(/step\/\d.*/, "step/1"));
    await expect(page.getByLabel(/^Description/)).toHaveValue(emoji(255));
    await control(site, "delete-project", { key: "OPS" });
    await send(page, page.getByRole("button", { name: /^Next: / }));
    await page.goto(page.url().replace(/step\/\d.*/, "step/5"));
    await send(page, page.getByRole("button", { name: "Refresh" }).first());
    await expect(page.getByRole("alert").filter({ hasText: "Jira does not show OPS to this connection." })).toBeVisible();
    await expect(page.getByText(/Your answers are kept\..* choose another Jira project: in step 1/)).toBeVisible();
    await send(page, page.getByRole("button", { name: "Proceed" }));
    await expect(page.getByText(/Jira does not show OPS/).first()).toBeVisible();
    await send(page, page.getByRole("button", { name: "Go to step 1" }));
    await expect(page.getByLabel(/^Description/)).toHaveValue(emoji(255));
    await expect(page.getByRole("radio", { name: /^OPS/ })).toBeChecked();
  });

  test("a Jira that fails during the wizard leaves the answers in place", async ({ page }) => {
    const site = siteOf(server, "data_center");
    await createConfiguration(page, server.url, project, CONNECTION);
    await answerProject(page, TRIP);
    await send(page, page.getByRole("button", { name: /^Next: / }));
    await withFault(site, { html: "<html>Maintenance</html>" }, async () => {
      await page.goto(page.url().replace(/step\/\d.*/, "step/1"));
      await send(page, page.getByRole("button", { name: "Refresh" }).first());
      await expect(page.getByRole("alert").first()).toContainText(/Jira/);
      await expect(page.getByText(/Your answers are kept\./).first()).toBeVisible();
    });
    await send(page, page.getByRole("button", { name: "Refresh" }).first());
    await expect(page.getByRole("radio", { name: /^Trip squad board/ })).toBeChecked();
  });

  test("Proceed clicked twice makes one sync", async ({ page }) => {
    const site = siteOf(server, "data_center");
    await page.goto(`${server.url}/projects/${project}/integrations`);
    await send(page, page.getByRole("row", { name: /TRIP/ }).getByRole("link", { name: /^Resume/ }));
    await page.goto(page.url().replace(/step\/\d.*/, "step/1"));
    await walkFromStep1(page);
    // Slow answers: the second click comes while the first is on its way, and the sync while it lasts.
    await withFault(site, { path: "/rest/api/2/search", delay_ms: 2_000 }, async () => {
      await page.getByRole("button", { name: "Proceed" }).dblclick();
      await expect(page).toHaveURL(/\/sync\?/);
      await expect(syncPanel(page)).toBeVisible();
      // Once more from the wizard, while it runs.
      await page.goto(page.url().replace(/\/sync.*/, "/step/1"));
      await send(page, page.getByRole("button", { name: "Proceed" }));
      await expect(page).toHaveURL(/\/sync\?/);
    });
    expect(await waitForSync(page)).toMatch(/^Done/);
    await page.reload();
    await expect(page.getByRole("table", { name: "Earlier sync runs" })).toHaveCount(0);
  });

  async function walkFromStep1(page: Page): Promise<void> {
    // The project is chosen already; the search would offer it again.
    const next = page.getByRole("button", { name: /^Next: / });
    await send(page, next);
    await page.getByRole("checkbox", { name: /^Pull requirements/ }).check();
    await page.getByRole("checkbox", { name: /^Bug mapping/ }).uncheck();
    for (let step = 3; step <= 5; step += 1) {
      await send(page, next);
    }
    await page.getByLabel(/^Release date field 1 of/).selectOption({ label: "Target date" });
    await page.getByRole("group", { name: "Work item types" }).getByRole("checkbox", { name: /^Story/ }).check();
    await send(page, page.getByRole("button", { name: "Save", exact: true }));
    await expect(page.getByText("Nothing is synced before Proceed.").first()).toBeVisible();
  }
});

test.describe("people", () => {
  test("a wrong password is refused without saying which part is wrong", async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled: test.info().project.use.javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel("Email").fill("ada@lanternway.example");
    await page.getByLabel("Password").fill("three quiet otters 42");
    await send(page, page.getByRole("button", { name: "Sign in" }));
    await expect(page.locator("#errors")).toBeVisible();
    const first = await page.locator("#errors").innerText();
    await expect(page.getByLabel("Email")).toHaveValue("ada@lanternway.example");
    await expect(page.getByLabel("Password")).toHaveValue("");
    await page.getByLabel("Email").fill("nobody@lanternway.example");
    await page.getByLabel("Password").fill("three quiet otters 42");
    await send(page, page.getByRole("button", { name: "Sign in" }));
    expect(await page.locator("#errors").innerText()).toBe(first);
    await signIn(page, server.url);
    await context.close();
  });

  test("the setup names everything that is wrong at once", async ({ page, ownServer }) => {
    await page.goto(ownServer.setup_url);
    await page.getByLabel("Your name").fill(emoji(101));
    await page.getByLabel("Email").fill("not an address");
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByLabel("Password again").fill("other");
    await page.getByLabel("Organization name").fill("");
    await send(page, page.getByRole("button", { name: "Create account and sign in" }));
    const errors = page.locator("#errors");
    for (const message of [/101 characters/, /not an email/, /has 5 characters\. Use 12 to 128/, /The two passwords differ/]) {
      await expect(errors).toContainText(message);
    }
    await expect(page.getByLabel("Your name")).toHaveValue(emoji(101));
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  });
});

