// Text that attacks: in Jira's work items and in every name that people can type. It must stay text on every
// page, rendered by the server and by the browser alike.
import {
  createConfiguration,
  createConnection,
  createProject,
  proceedAndWait,
  setUp,
  TRIP,
  valuesFor,
  type WizardAnswers,
  walkWizard,
} from "../support/flow.ts";
import { expectNothingInjected, Watch } from "../support/injected.ts";
import { startServer } from "../support/server.ts";
import { expect, QuietConsole, test } from "../support/test.ts";

/** Short names that would break out of a title, an attribute, a text area, a template. */
const PERSON = `"><img src=x onerror=alert(1)>`;
const PROJECT = `</title><script>alert(2)</script>`;
const CONNECTION = `</textarea><script>alert(3)</script>`;
const DESCRIPTION = `</textarea><svg onload=alert(4)> {{7*7}} \${7*7} --><script>alert(5)</script>`;

const PAY: WizardAnswers = { project: "PAY", board: "Payments board", types: ["Epic", "Story", "Task", "Bug", "Incident", "Sub-task"] };
const OPS: WizardAnswers = { project: "OPS", types: ["Epic", "Task", "Bug"] };
const TRIP_ALL: WizardAnswers = { ...TRIP, types: ["Epic", "Story", "Task", "Bug", "Incident", "Sub-task"], bugTypes: undefined };

/** Work items and what must stand on their page, as text. */
const ITEMS: [string, string][] = [
  ["TRIP-17", "Guest name </textarea><script>alert(1)</script> breaks the passenger form"],
  ["TRIP-23", "حجز رحلة جماعية: الأسماء العربية تظهر معكوسة في التذكرة"],
  ["TRIP-31", "🚆 + 🚴 on one ticket: add a bike 👨‍👩‍👧‍👦 for the whole family"],
  ["TRIP-42", "Reversed"],
  ["PAY-12", `Refund of "O'Brien & Sons" <sons@lanternway.example> is 1 cent short; 50 % = ?`],
  ["PAY-19", "運賃の払い戻しが二重に表示される"],
  ["PAY-27", "Leading space, trailing space, and"],
  ["PAY-33", "Every traveller who pays in two currencies"],
  ["OPS-9", "{{7*7}} ${7*7} [link|javascript:alert(1)] *bold* in the rota title"],
];

test("hostile text stays text on every page", async ({ browser }, info) => {
  test.setTimeout(info.timeout * 4);
  const server = await startServer("hostile");
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const watch = new Watch(page);
  const console_ = new QuietConsole();
  console_.watch(page);
  const look = async (path: string) => {
    await page.goto(path);
    await expectNothingInjected(page, path);
    // Scripts run now: the islands of the page are awake.
    if ((await page.locator("leptos-island").count()) > 0) {
      await expect(page.locator("html[data-live]"), path).toHaveCount(1);
      await expectNothingInjected(page, `${path}, awake`);
    }
  };
  try {
    await setUp(page, server.setup_url, PERSON);
    const [cloud, dataCenter] = server.sandbox;
    await createConnection(page, server.url, valuesFor(cloud, CONNECTION));
    await createConnection(page, server.url, valuesFor(dataCenter, "Plain"));
    const project = await createProject(page, server.url, PROJECT);
    expect(await page.title()).toMatch(/ [-·] Traceline$/);
    const configurations: string[] = [];
    for (const [connection, answers] of [
      [CONNECTION, TRIP_ALL],
      [CONNECTION, PAY],
      [CONNECTION, OPS],
      ["Plain", TRIP_ALL],
      ["Plain", OPS],
    ] as const) {
      const configuration = await createConfiguration(page, server.url, project, connection);
      await expectNothingInjected(page, "step 1");
      await page.getByLabel(/^Description/).fill(DESCRIPTION);
      await walkWizard(page, answers);
      await proceedAndWait(page);
      await expectNothingInjected(page, "sync");
      configurations.push(configuration);
    }

    await test.step("names that people typed", async () => {
      for (const path of [
        "/",
        "/profile",
        "/admin/users",
        "/admin/integrations",
        `/projects/${project}/members`,
        `/projects/${project}/integrations`,
        ...configurations.flatMap((id) => [
          `/projects/${project}/integrations/${id}/step/1`,
          `/projects/${project}/integrations/${id}/step/3`,
          `/projects/${project}/integrations/${id}/step/5`,
          `/projects/${project}/integrations/${id}/sync`,
          `/projects/${project}/plans?configuration=${id}`,
          `/projects/${project}/plans?configuration=${id}&view=list`,
        ]),
      ]) {
        await look(path);
      }
      await page.goto(`/projects/${project}/integrations/${configurations[0]}/step/1`);
      await expect(page.getByLabel(/^Description/)).toHaveValue(DESCRIPTION);
      await expect(page.locator("#nav")).toContainText(PROJECT);
      await page.goto("/profile");
      await expect(page.getByLabel("Your name").or(page.getByLabel("Name"))).toHaveValue(PERSON);
    });

    await test.step("work items of Jira", async () => {
      for (const configuration of configurations) {
        for (const [key, text] of ITEMS) {
          const list = `/projects/${project}/requirements?configuration=${configuration}&text=${key}`;
          await look(list);
          const link = page.getByRole("link", { name: key, exact: true });
          if ((await link.count()) === 0) {
            continue;
          }
          await expect(page.getByRole("row", { name: new RegExp(`${key}\\b`) })).toContainText(text);
          const href = (await link.getAttribute("href")) ?? "";
          await look(href);
          await expect(page.getByRole("heading", { level: 1 })).toContainText(text);
          expect(await page.title()).toContain(key);
        }
      }
    });

    await test.step("words in the address", async () => {
      for (const payload of [`"><script>alert(6)</script>`, `'onmouseover=alert(7) x='`, `</textarea><img src=x onerror=alert(8)>`, "javascript:alert(9)"]) {
        const word = encodeURIComponent(payload);
        for (const path of [
          `/projects/${project}/requirements?text=${word}&type=${word}&status=${word}&sort=${word}&page=${word}`,
          `/projects/${project}/plans?zoom=${word}&from=${word}&view=${word}&configuration=${word}`,
          `/projects/${project}/integrations/${configurations[0]}/step/1?q=${word}&done=${word}&failed=${word}&show=${word}&reset=${word}`,
          `/admin/integrations/new?type=${word}&test=${word}`,
          `/?done=${word}&failed=${word}`,
          `/sign-in?next=${word}`,
          `/kit?theme=${word}`,
        ]) {
          await look(path);
        }
      }
    });

    // Every item was met at least once.
    for (const [key] of ITEMS) {
      await page.goto(`/projects/${project}/requirements?text=${key}`);
      await expect.soft(page.getByRole("link", { name: key, exact: true }).first(), key).toBeVisible();
    }
    expect(watch.dialogs, "dialogs").toEqual([]);
    expect(watch.reports, "reports of the policy").toEqual([]);
    expect(console_.unexpected.filter((text) => !/status of 404/.test(text)), "console").toEqual([]);
  } finally {
    await context.close();
    await server.stop();
  }
});

test("a link that Jira's text dresses up is no link", async ({ page, ownServer }) => {
  test.slow();
  const [cloud, dataCenter] = ownServer.sandbox;
  await setUp(page, ownServer.setup_url);
  for (const site of [cloud, dataCenter]) {
    await createConnection(page, ownServer.url, valuesFor(site));
    const project = await createProject(page, ownServer.url, `On ${site.name}`);
    await createConfiguration(page, ownServer.url, project, site.name);
    await walkWizard(page, TRIP_ALL);
    await proceedAndWait(page);
    await page.goto(`${ownServer.url}/projects/${project}/requirements?text=TRIP-17`);
    await page.getByRole("link", { name: "TRIP-17", exact: true }).click();
    const main = page.getByRole("main");
    await expect(main).toContainText("click here");
    await expect(main.getByRole("link", { name: "click here" })).toHaveCount(0);
    await expect(main).toContainText("</textarea><script>alert(1)</script>");
    await expect(main).toContainText("<script>alert(4)</script>");
    const onmouseover = await page.evaluate(() => document.querySelectorAll("[onmouseover]").length);
    expect(onmouseover).toBe(0);
  }
});
