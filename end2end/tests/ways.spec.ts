// Ways that lose nothing: between the steps of the wizard, before something ends for others, between projects
// and in Plans.
import type { Page } from "@playwright/test";
import { send } from "../support/flow.ts";
import { expect, signedIn } from "../support/test.ts";

const stepper = (page: Page) => page.getByRole("navigation", { name: "Configuration steps" });

signedIn("the stepper keeps what was typed and says what cannot be kept", async ({ page, prepared }) => {
  const step = (number: number) => `/projects/${prepared.project}/integrations/${prepared.configuration}/step/${number}`;
  await page.goto(step(1));
  const description = page.getByLabel("Description");
  const before = await description.inputValue();
  await description.fill("Typed and not saved");
  await send(page, stepper(page).getByRole("button", { name: /What to pull/ }).first());
  await expect(page).toHaveURL(/\/step\/2$/);
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
  await page.goto("/admin/users/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Email").fill(`rita-${info.project.name}@example.com`);
  await send(page, page.getByRole("button", { name: "Add person" }));
  const person = new URL(page.url()).pathname;
  await page.goto(`/projects/${prepared.project}/members`);
  await page.getByLabel("Person").selectOption({ label: `${name} (rita-${info.project.name}@example.com)` });
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
