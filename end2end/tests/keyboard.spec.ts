// The main flow with the keyboard alone. At every stop the focus must be seen, and nothing may lie over it.
import type { Locator, Page } from "@playwright/test";
import { ADMIN, createProject, setUp } from "../support/flow.ts";
import { expect, test } from "../support/test.ts";

/** What is wrong with how the focus shows at this stop, or nothing. */
function lookAtFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement as HTMLElement | null;
    if (focused === null || focused === document.body) return "";
    const name = `${focused.localName}#${focused.id}.${focused.className} "${(focused.getAttribute("aria-label") ?? focused.textContent ?? "").trim().slice(0, 30)}"`;
    // A choice shows it on its card.
    const shown = focused.closest<HTMLElement>("label.choice, label.check") ?? focused;
    const marks = [focused, shown].some((element) => {
      const style = getComputedStyle(element);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    // The parts of a date field are the browser's own, and show the focus by themselves.
    if (!marks && !focused.matches("input[type=date]")) return `${name}: no focus mark`;
    const box = shown.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) return `${name}: outside of the window`;
    const inside = (x: number, y: number) => {
      const top = document.elementFromPoint(Math.min(Math.max(x, 1), innerWidth - 2), Math.min(Math.max(y, 1), innerHeight - 2));
      return top !== null && (shown.contains(top) || top.contains(shown));
    };
    const points = [0.1, 0.5, 0.9].flatMap((x) => [0.2, 0.5, 0.8].map((y) => inside(box.left + box.width * x, box.top + box.height * y)));
    const seen = points.filter(Boolean).length;
    return seen === points.length ? "" : `${name}: ${points.length - seen} of ${points.length} points lie under something else`;
  });
}

class Keyboard {
  #page: Page;
  #checked = new Set<string>();

  constructor(page: Page) {
    this.#page = page;
  }

  /** Goes on with Tab until the control has the focus, looking at every stop. */
  async to(control: Locator): Promise<void> {
    await expect(control).toBeVisible();
    for (let stop = 0; stop < 150; stop += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) {
        return;
      }
      await this.#page.keyboard.press("Tab");
      const wrong = await lookAtFocus(this.#page);
      if (wrong !== "" && !this.#checked.has(wrong)) {
        this.#checked.add(wrong);
        expect.soft(wrong, new URL(this.#page.url()).pathname.replace(/[0-9a-f-]{36}/g, "*")).toBe("");
      }
    }
    throw new Error(`no number of Tabs leads to ${control}`);
  }

  /** Types into a control. */
  async type(control: Locator, text: string): Promise<void> {
    await this.to(control);
    await this.#page.keyboard.insertText(text);
    await expect(control).toHaveValue(text);
  }

  /** Presses a control that leads to a page. */
  async press(control: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
    await this.to(control);
    const arrived = this.#page.waitForEvent("domcontentloaded");
    await this.#page.keyboard.press(key);
    await arrived;
  }

  /** Ticks a box that is not ticked. */
  async tick(box: Locator): Promise<void> {
    await this.to(box);
    if (!(await box.isChecked())) {
      await this.#page.keyboard.press("Space");
    }
    await expect(box).toBeChecked();
  }

  /** Chooses in a group of radios by the arrows. */
  async arrowTo(from: Locator, wanted: Locator): Promise<void> {
    await this.to(from);
    for (let turn = 0; turn < 20 && !(await wanted.isChecked()); turn += 1) {
      await this.#page.keyboard.press("ArrowDown");
    }
    await expect(wanted).toBeChecked();
  }
}

test("set up, connect, link, sync and open Plans by keyboard", async ({ page, ownServer }) => {
  test.slow();
  const keys = new Keyboard(page);
  const [cloud] = ownServer.sandbox;
  const button = (name: string | RegExp) => page.getByRole("button", { name });
  const link = (name: string | RegExp) => page.getByRole("link", { name });

  await page.goto(ownServer.setup_url);
  await keys.type(page.getByLabel("Your name"), ADMIN.name);
  await keys.type(page.getByLabel("Email"), ADMIN.email);
  await keys.type(page.getByLabel("Password", { exact: true }), ADMIN.password);
  await keys.type(page.getByLabel("Password again"), ADMIN.password);
  await keys.type(page.getByLabel("Organization name"), ADMIN.organisation);
  await keys.press(button("Create account and sign in"));

  await test.step("a connection", async () => {
    await keys.press(link("Admin"));
    await keys.press(page.getByRole("main").getByRole("link", { name: "Create integration" }).first());
    await keys.press(link("Create Jira integration"));
    await keys.type(page.getByLabel("Integration name"), cloud.name);
    await keys.type(page.getByLabel("Organization URL"), cloud.url);
    await keys.type(page.getByRole("textbox", { name: "Account email" }), cloud.email);
    await keys.type(page.getByRole("textbox", { name: "API token" }), cloud.token);
    await keys.to(button("Test connection"));
    await page.keyboard.press("Enter");
    await expect(page.getByText(/^Connected[.,]/)).toBeVisible();
    // The test left the focus where it was.
    await expect(button("Test connection")).toBeFocused();
    await keys.press(button("Save"));
    await expect(page.getByText("Connection created.")).toBeVisible();
  });

  await test.step("a project and a configuration", async () => {
    await keys.press(link("Projects"));
    await keys.press(page.getByRole("main").getByRole("link", { name: "Create project" }));
    await keys.type(page.getByLabel("Name", { exact: true }), "Booking Platform");
    await keys.press(button("Create project"));
    await keys.press(page.locator("#nav").getByRole("link", { name: "Integrations" }));
    await keys.press(button(`New configuration on ${cloud.name}`));
  });

  await test.step("six steps", async () => {
    await keys.type(page.getByLabel("Find a Jira project"), "TRIP");
    const trip = page.getByRole("radio", { name: /^TRIP\b/ });
    await expect(page.getByRole("radio", { name: /^PAY\b/ })).toHaveCount(0);
    await keys.tick(trip);
    await keys.press(button("Choose project"));
    // The only board is preselected; arrows lead to the other choice and back.
    const board = page.getByRole("radio", { name: /^Trip squad board/ });
    await expect(board).toBeChecked();
    await keys.arrowTo(board, page.getByRole("radio", { name: /^No board/ }));
    await page.keyboard.press("ArrowUp");
    await expect(board).toBeChecked();
    await keys.press(button(/^Next: /));
    await keys.tick(page.getByRole("checkbox", { name: /^Pull requirements/ }));
    await keys.tick(page.getByRole("checkbox", { name: /^Bug mapping/ }));
    await keys.press(button(/^Next: /), "Space");
    await keys.tick(page.getByRole("checkbox", { name: "Pull sprints" }));
    await keys.press(button(/^Next: /));
    await keys.press(button(/^Accept all/));
    await keys.press(button(/^Next: /));
    const date = page.getByLabel(/^Release date field 1 of/);
    await keys.to(date);
    await page.keyboard.type("Target date");
    await expect(date.locator("option:checked")).toHaveText("Target date");
    await keys.tick(page.getByRole("group", { name: "Work item types" }).getByRole("checkbox", { name: /^Story/ }));
    await keys.press(button(/^Next: /));
    await keys.tick(page.getByRole("group", { name: "Work item types" }).getByRole("checkbox", { name: /^Bug/ }));
    await keys.press(button("Proceed"));
    await expect(page.getByRole("region", { name: "Newest sync" }).locator(".status").first()).toHaveText(/Done/, { timeout: 60_000 });
  });

  await test.step("Plans", async () => {
    await keys.press(page.locator("#nav").getByRole("link", { name: "Plans" }));
    await keys.press(page.getByRole("group", { name: "View" }).getByRole("link", { name: "List" }));
    await keys.press(page.getByRole("row").getByRole("link", { name: "3.0 Group trips" }));
    await expect(page.getByRole("heading", { level: 1, name: "3.0 Group trips" })).toBeVisible();
    // Menus open and close from the keyboard, and give the focus back.
    await keys.to(button("Theme"));
    await page.keyboard.press("Enter");
    await expect(button("Dark")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(button("Dark")).toBeHidden();
    await expect(button("Theme")).toBeFocused();
  });
});

test("on a phone the navigation opens and closes by keyboard, and sticky bars cover no focus", async ({ page, ownServer }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  const keys = new Keyboard(page);
  await setUp(page, ownServer.setup_url);
  await createProject(page, ownServer.url, "Booking Platform");
  const open = page.getByRole("button", { name: "Open navigation" });
  await keys.to(open);
  await page.keyboard.press("Enter");
  const plans = page.locator("#nav").getByRole("link", { name: "Plans" });
  await expect(plans).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(plans).toBeHidden();
  await expect(open).toBeFocused();
  await page.goto(`${ownServer.url}/admin/integrations/new`);
  await keys.to(page.getByRole("link", { name: "Cancel" }));
});
