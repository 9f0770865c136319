// What people find of their rights, their sessions and their projects, and what Plans says at a glance.
import { expectGoodPage } from "../support/checks.ts";
import { createProject, send, signIn, signOut } from "../support/flow.ts";
import { expect, signedIn, test } from "../support/test.ts";

signedIn("a project is renamed and, once its name is typed, deleted", async ({ page, traceline }, info) => {
  const name = `Shortlived ${info.project.name}`;
  await createProject(page, traceline.url, name);
  const nav = page.getByRole("navigation", { name });
  await send(page, nav.getByRole("link", { name: "General" }));
  await page.getByLabel("Name", { exact: true }).fill(`${name} 2`);
  await page.getByLabel("Description").fill("Until tomorrow");
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByText("The project is saved.")).toBeVisible();
  await send(page, page.getByRole("link", { name: "Delete project" }));
  await expect(page.getByRole("heading", { level: 1, name: `Delete ${name} 2?` })).toBeVisible();
  await send(page, page.getByRole("link", { name: "Cancel" }));
  await send(page, page.getByRole("link", { name: "Delete project" }));
  await page.getByLabel("Name of the project").fill(name);
  await send(page, page.getByRole("button", { name: "Delete project" }));
  await expect(page.getByText("This is not the name of the project").first()).toBeVisible();
  await expect(page.getByLabel("Name of the project")).toHaveValue(name);
  await page.getByLabel("Name of the project").fill(`${name} 2`);
  await send(page, page.getByRole("button", { name: "Delete project" }));
  await expect(page.getByText("The project is deleted.")).toBeVisible();
  await expect(page.getByRole("link", { name: `${name} 2` })).toHaveCount(0);
});

signedIn("roles are explained where they are given", async ({ page, prepared }) => {
  await page.goto(`/projects/${prepared.project}/members`);
  const inProject = page.getByRole("table", { name: "What each role may do" });
  await expect(inProject.getByRole("row", { name: /^Link Jira projects/ })).toContainText(/Yes.*No.*No.*No/);
  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText("Members");
  await expectGoodPage(page);
  await page.goto("/admin/users/new");
  await send(page, page.getByRole("link", { name: "What each account role may do" }));
  const inAccount = page.getByRole("table", { name: "What each role may do" });
  await expect(inAccount.getByRole("row", { name: /^Create projects/ })).toContainText(/Yes.*No.*No/);
  await expectGoodPage(page);
});

signedIn("sessions are named in words", async ({ page }) => {
  await page.goto("/profile");
  const sessions = page.getByRole("table", { name: "Sessions" });
  await expect(sessions.getByRole("rowheader").filter({ hasText: "This session" })).toHaveText(/^[A-Z][a-z]+ on [A-Z]\w+ This session$/i);
  await expect(sessions).not.toContainText("Mozilla");
  await expect(sessions.locator("[title^=Mozilla]").first()).toBeVisible();
});

test("a theme is a person's, in every session, and sign-in begins at the email", async ({ page, traceline, browser }) => {
  await page.goto("/sign-in");
  await expect(page.getByLabel("Email")).toBeFocused();
  await signIn(page, traceline.url);
  const context = await browser.newContext({ baseURL: traceline.url });
  const other = await context.newPage();
  await signIn(other, traceline.url);
  for (const theme of ["Dark", "Like the system"]) {
    await page.goto("/profile");
    await page.getByRole("radio", { name: theme }).check();
    await send(page, page.getByRole("button", { name: "Use theme" }));
    await other.goto("/profile");
    await expect(other.getByRole("radio", { name: theme })).toBeChecked();
    await expect(other.locator("html[data-theme=dark]")).toHaveCount(theme === "Dark" ? 1 : 0);
  }
  await context.close();
});

signedIn("an unknown path keeps the way on", async ({ page, quietConsole }) => {
  quietConsole.allow(/status of 404/);
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page does not exist");
  await expect(page.getByText("This page does not exist")).toHaveCount(1);
  await expectGoodPage(page);
  await send(page, page.getByRole("link", { name: "Go to my projects" }));
  await expect(page.getByRole("heading", { level: 1, name: "My projects" })).toBeVisible();
});

test("a used setup address leads to sign-in and advises nothing that cannot help", async ({ page, traceline, quietConsole }) => {
  quietConsole.allow(/status of 404/);
  await page.goto(traceline.setup_url);
  await expect(page.getByRole("heading", { level: 1, name: "Traceline is set up" })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("restart");
  await expectGoodPage(page);
  await send(page, page.getByRole("link", { name: "Sign in" }));
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});

test("signing out is in the menu of every page", async ({ page, traceline }) => {
  await signIn(page, traceline.url);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/admin/users");
  await signOut(page);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});

signedIn("sprints of a plan by month are named after Jira, and nothing covers a name", async ({ page, prepared }) => {
  for (const width of [1280, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`/projects/${prepared.project}/plans?zoom=month`);
    const sprints = page.locator("#gantt a.spr");
    await expect(sprints.first()).toBeVisible();
    const seen = await sprints.evaluateAll((all) =>
      all.map((sprint) => ({
        full: sprint.getAttribute("title") ?? "",
        names: [...sprint.querySelectorAll("b")].filter((one) => one.getBoundingClientRect().width > 2).map((one) => one.textContent?.trim() ?? ""),
        cut: [...sprint.querySelectorAll("b")].some((one) => one.getBoundingClientRect().width > 2 && one.scrollWidth > one.clientWidth + 1),
      })),
    );
    for (const { full, names, cut } of seen) {
      // The name itself, or a label made of it; never a part of it that ends somewhere.
      expect(names.length, full).toBeLessThanOrEqual(1);
      for (const name of names) {
        expect(full.startsWith(`${name}, `) || /^\p{L}{1,3}[\d.]*$/u.test(name), `${name} stands for ${full}`).toBe(true);
      }
      expect(cut, `${full} is whole`).toBe(false);
    }
    expect(seen.some(({ names }) => names.length === 1), "names are seen").toBe(true);
    // Labels of months stand in one line; the words of a release have a ground of their own.
    const heights = await page.locator("#gantt .mo").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeLessThan(30);
    for (const ground of await page.locator("#gantt .rel .lb").evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor))) {
      expect(ground).not.toBe("rgba(0, 0, 0, 0)");
    }
  }
  // As cards there is no axis to move along.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole("link", { name: "Earlier" })).toBeHidden();
  await expect(page.getByRole("group", { name: "Zoom" })).toBeHidden();
  await expect(page.getByRole("group", { name: "View" })).toBeVisible();
});
