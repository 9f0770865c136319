// Ways that lose nothing: between the steps of the wizard, before something ends for others, between projects
// and in Plans.
import type { Page } from "@playwright/test";
import { expectGoodPage } from "../support/checks.ts";
import { createProject, openInProject, prepare, send, setUp, TRIP } from "../support/flow.ts";
import { siteOf } from "../support/sandbox.ts";
import { expect, signedIn, test } from "../support/test.ts";

const stepper = (page: Page) => page.getByRole("navigation", { name: "Configuration steps" });

signedIn("the stepper keeps what was typed and says what cannot be kept", async ({ page, prepared }) => {
  const step = (number: number) => `/projects/${prepared.project}/integrations/${prepared.configuration}/step/${number}`;
  await page.goto(step(1));
  const description = page.getByLabel("Description");
  const before = await description.inputValue();
  await description.fill("Typed and not saved");
  await send(page, stepper(page).getByRole("button", { name: /What to pull/ }).first());
  await expect(page).toHaveURL(/\/step\/2(#|$)/);
  await send(page, stepper(page).getByRole("button", { name: /Project and board/ }).first());
  await expect(description).toHaveValue("Typed and not saved");
  await description.fill("x".repeat(256));
  await send(page, stepper(page).getByRole("button", { name: /What to pull/ }).first());
  await expect(page).toHaveURL(/\/step\/1\?failed=/);
  await expect(description).toHaveValue("x".repeat(256));
  await expect(page.getByRole("alert").first()).toBeVisible();
  // The search keeps it as well.
  await description.fill(before);
  await page.getByLabel("Find a Jira project").fill("PAY");
  await send(page, page.getByRole("button", { name: "Search" }));
  await expect(page.getByRole("radio", { name: /^PAY\b/ })).toBeVisible();
  await expect(description).toHaveValue(before);
});

signedIn("the switcher leads from project to project", async ({ page, prepared }) => {
  await page.goto(`/projects/${prepared.project}/plans`);
  const nav = page.locator("#nav");
  const all = nav.getByRole("link", { name: "All projects" });
  await expect(all).toBeHidden();
  await nav.locator("summary").focus();
  await page.keyboard.press("Enter");
  await expect(nav.locator(".switcher a[aria-current]")).toHaveCount(1);
  await send(page, all);
  await expect(page.getByRole("heading", { level: 1, name: "My projects" })).toBeVisible();
});

signedIn("what the span of Plans does not show says where it is and leads there", async ({ page, prepared }) => {
  await page.goto(`/projects/${prepared.project}/plans?zoom=week&from=2040-01-01`);
  await expect(page.locator("#gantt .rel")).toHaveCount(0);
  const way = page.getByRole("link", { name: "Before this span, show 3.0 Group trips" });
  await send(page, way);
  await expect(page.locator("#gantt .rel").filter({ hasText: "3.0 Group trips" })).toBeVisible();
  await expect(way).toHaveCount(0);
});

signedIn("removing a member and deactivating a person ask first", async ({ page, prepared }, info) => {
  const name = `Rita ${info.project.name}`;
  // From the members of a project to an account and back, with the person chosen.
  await page.goto(`/projects/${prepared.project}/members`);
  await send(page, page.getByRole("main").getByRole("link", { name: "Add person" }));
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Email").fill(`rita-${info.project.name}@example.com`);
  await send(page, page.getByRole("button", { name: "Add person" }));
  const person = new URL(page.url()).pathname;
  await expect(page.getByRole("textbox", { name: "One-time link" })).toBeVisible();
  await send(page, page.getByRole("link", { name: `Add ${name} to the project` }));
  await expect(page.getByLabel("Person").locator("option:checked")).toHaveText(`${name} (rita-${info.project.name}@example.com)`);
  await send(page, page.getByRole("button", { name: "Add member" }));
  for (const answer of ["Cancel", "Remove"]) {
    await send(page, page.getByRole("link", { name: `Remove ${name}` }));
    await expect(page.getByRole("heading", { level: 1, name: `Remove ${name} from` })).toBeVisible();
    await send(page, page.getByRole("main").getByText(answer, { exact: true }));
    await expect(page.getByRole("rowheader", { name })).toHaveCount(answer === "Cancel" ? 1 : 0);
  }
  await page.goto(person);
  for (const answer of ["Cancel", "Deactivate"]) {
    await send(page, page.getByRole("link", { name: `Deactivate ${name}` }));
    await expect(page.getByText("All sessions and one-time links end")).toBeVisible();
    await send(page, page.getByRole("main").getByText(answer, { exact: true }));
    await expect(page.getByText("The account is deactivated.")).toHaveCount(answer === "Cancel" ? 0 : 1);
  }
});

signedIn("whoever leaves as the last Project Admin is told why not", async ({ page, prepared }) => {
  await page.goto(`/projects/${prepared.project}/members`);
  await send(page, page.getByRole("link", { name: "Remove Ada Castellan" }));
  await send(page, page.getByRole("main").getByRole("button", { name: "Remove" }));
  await expect(page.getByText("Ada Castellan is the last Project Admin")).toBeVisible();
});

signedIn("a draft is discarded after a question", async ({ page, traceline }, info) => {
  const project = await createProject(page, traceline.url, `Drafts ${info.project.name}`);
  const list = `/projects/${project}/integrations`;
  await page.goto(list);
  await send(page, page.getByRole("button", { name: /^New configuration on / }).first());
  await page.goto(list);
  const row = page.getByRole("row", { name: /No Jira project chosen yet/ });
  await expect(row).toContainText("Draft, nothing saved yet");
  for (const answer of ["Cancel", "Discard draft"]) {
    await send(page, row.getByRole("link", { name: /^Discard the draft/ }));
    await expect(page.getByRole("heading", { level: 1, name: /^Discard the draft/ })).toBeVisible();
    await expectGoodPage(page);
    await send(page, page.getByRole("main").getByText(answer, { exact: true }));
    await expect(row).toHaveCount(answer === "Cancel" ? 1 : 0);
  }
  await expect(page.getByText("The draft is discarded.")).toBeVisible();
});

test("an integration is removed with what it mirrored, in two pages open at once", async ({ page, ownServer }) => {
  test.slow();
  await setUp(page, ownServer.setup_url);
  const { project } = await prepare(page, ownServer.url, siteOf(ownServer, "cloud"), "Booking Platform", TRIP);
  await openInProject(page, "Integrations");
  const row = page.getByRole("row", { name: /TRIP/ });
  await expect(row).toContainText(/\d+ requirements/);
  await expect(row).toContainText(/\d+ bugs, \d+ releases/);
  await expect(row.getByRole("link", { name: /^Open TRIP.* in Jira$/ })).toHaveAttribute("target", "_blank");
  await send(page, row.getByRole("link", { name: /^Remove TRIP/ }));
  await expect(page.getByRole("heading", { level: 1, name: /^Remove TRIP, / })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/\d+ requirements, \d+ bugs, \d+ releases, \d+ sprints and 1 sync run/);
  await expect(page.getByRole("main")).toContainText("nothing is changed or deleted there");
  await expectGoodPage(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await send(page, page.getByRole("button", { name: "Remove integration" }));
  await expect(page.getByText("The integration is removed.")).toBeVisible();
  await expect(row).toHaveCount(0);
  await send(other, other.getByRole("button", { name: "Remove integration" }));
  await expect(other.getByText("This integration is gone already.")).toBeVisible();
  await other.close();
  await page.goto(`${ownServer.url}/projects/${project}/plans`);
  await expect(page.getByRole("main")).not.toContainText("TRIP");
});
