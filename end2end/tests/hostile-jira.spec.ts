// A Jira in which every text attacks, and every name that people can type here attacking too: whatever a page
// shows of it stays text, for each role, as the server sends it and with the islands awake.
import { rmSync } from "node:fs";
import type { BrowserContext, Page } from "@playwright/test";
import { ADMIN, createConfiguration, createConnection, createProject, fillConnection, type Prepared, proceedAndWait, send, setUp, valuesFor, type WizardAnswers, walkWizard } from "../support/flow.ts";
import { PROJECT_KEY, summaryOf, writeHostileWorld } from "../support/hostile-world.ts";
import { expectNothingInjected, Watch } from "../support/injected.ts";
import { PAYLOADS } from "../support/payloads.ts";
import { withFault } from "../support/sandbox.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { expect, QuietConsole, test } from "../support/test.ts";

const ANSWERS: WizardAnswers = {
  project: PROJECT_KEY,
  board: "Board",
  types: ["Story", "Task"],
  bugTypes: ["Bug"],
  severity: "Severity",
  further: ["Notes", "Criteria"],
};

const folded = (text: string): string => text.replace(/\s+/gu, " ").trim();

/** One browser that looks at pages of one server and remembers what attacks did. */
class Looker {
  readonly watch: Watch;
  readonly console_ = new QuietConsole();
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.watch = new Watch(page);
    this.console_.watch(page);
  }

  /** Opens a page, waits until its islands live, and looks for what is no text. */
  async at(path: string): Promise<void> {
    await this.page.goto(path);
    if ((await this.page.locator("leptos-island").count()) > 0) {
      await expect(this.page.locator("html[data-live]"), path).toHaveCount(1);
    }
    await expectNothingInjected(this.page, path.replace(/[0-9a-f-]{36}/g, "*"));
  }

  /** Nothing ran and nothing was held back. */
  expectCalm(): void {
    expect(this.watch.dialogs, "dialogs").toEqual([]);
    expect(this.watch.reports, "reports of the policy").toEqual([]);
    expect(this.console_.unexpected.filter((text) => !/status of 40[34]/.test(text)), "console").toEqual([]);
  }
}

/** Sends a form of ours without its page: many people and projects in little time. */
async function post(page: Page, base: string, name: string, form: Record<string, string>): Promise<string> {
  const answer = await page.request.post(`${base}/api/${name}`, { form, headers: { origin: base, accept: "text/html" }, maxRedirects: 0 });
  expect(answer.status(), `${name} ${JSON.stringify(form)}`).toBeLessThan(400);
  return answer.headers().location ?? "";
}

/** A new person takes their invitation in `theirs` and gets a role in the project from `admin`. */
async function joinAs(admin: Page, theirs: Page, project: string, role: string): Promise<void> {
  await admin.goto("/admin/users/new");
  await admin.getByLabel("Name").fill(`${role} ${PAYLOADS[57]}`);
  await admin.getByLabel("Email").fill(`${role.replace(" ", ".").toLowerCase()}@lanternway.example`);
  await send(admin, admin.getByRole("button", { name: /^Add / }));
  await theirs.goto(await admin.getByRole("textbox", { name: "One-time link" }).inputValue());
  await theirs.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await theirs.getByLabel("Password again").fill(ADMIN.password);
  await send(theirs, theirs.getByRole("main").getByRole("button"));
  await admin.goto(`/projects/${project}/members`);
  const add = admin.getByRole("form", { name: /^Add/ }).or(admin.locator("form", { has: admin.getByLabel("Person") }));
  const person = add.getByLabel("Person");
  const option = person.locator("option", { hasText: new RegExp(`^\\s*${role} `) });
  await person.selectOption((await option.getAttribute("value")) ?? "");
  await add.getByRole("checkbox", { name: role }).check();
  await send(admin, add.getByRole("button", { name: /^Add/ }));
}

/** Every path below a linked Jira project that lists texts of Jira. */
function listsOf({ project, configuration }: Prepared): string[] {
  const here = `/projects/${project}`;
  return [
    ...[1, 2, 3, 4, 5, 6].map((step) => `${here}/integrations/${configuration}/step/${step}`),
    `${here}/integrations/${configuration}/sync`,
    `${here}/integrations`,
    ...pagesOf({ project, configuration }),
  ];
}

/** What everybody in the project may look at. */
function pagesOf({ project, configuration }: Prepared): string[] {
  const here = `/projects/${project}`;
  return [
    `${here}/plans?configuration=${configuration}`,
    `${here}/plans?configuration=${configuration}&zoom=week`,
    `${here}/plans?configuration=${configuration}&view=list`,
    ...[1, 2, 3, 4].map((page) => `${here}/requirements?configuration=${configuration}&page=${page}`),
    `${here}/requirements?configuration=${configuration}&unscheduled=true`,
    ...[1, 2].map((page) => `${here}/bugs?configuration=${configuration}&page=${page}`),
  ];
}

test.describe("a hostile Jira", () => {
  test.describe.configure({ mode: "serial" });
  let folder = "";
  let server: RunningServer;
  let context: BrowserContext;
  let looker: Looker;
  const linked: Prepared[] = [];

  test.beforeAll(async ({ browser }) => {
    folder = writeHostileWorld();
    server = await startServer("hostile-jira", {}, ["--recorded", folder]);
    context = await browser.newContext({ baseURL: server.url });
    looker = new Looker(await context.newPage());
  });

  test.afterAll(async () => {
    await context?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is connected, linked and synced on both deployments", async ({}, info) => {
    test.setTimeout(info.timeout * 3);
    const { page } = looker;
    await setUp(page, server.setup_url);
    for (const name of ["Recorded Cloud", "Recorded Data Center"]) {
      const site = server.sandbox.find((one) => one.name === name);
      if (site === undefined) throw new Error(`no site is called ${name}`);
      await createConnection(page, server.url, valuesFor(site));
      const project = await createProject(page, server.url, `On ${name}`);
      const configuration = await createConfiguration(page, server.url, project, name);
      await walkWizard(page, ANSWERS, (at, where) => expectNothingInjected(at, where));
      await proceedAndWait(page);
      linked.push({ project, configuration });
    }
    looker.expectCalm();
  });

  test("stays text in every list and every step", async ({}, info) => {
    test.setTimeout(info.timeout * 2);
    for (const one of linked) {
      for (const path of listsOf(one)) await looker.at(path);
    }
    looker.expectCalm();
  });

  test("stays text on the page of every work item", async ({}, info) => {
    test.setTimeout(info.timeout * 6);
    const { page } = looker;
    for (const { project, configuration } of linked) {
      const links = new Map<string, string>();
      for (let number = 1; number <= 10; number += 1) {
        await page.goto(`/projects/${project}/requirements?configuration=${configuration}&page=${number}`);
        const found = await page.getByRole("link", { name: new RegExp(`^${PROJECT_KEY}-\\d+$`) }).evaluateAll((all) =>
          all.map((link) => [link.textContent?.trim() ?? "", link.getAttribute("href") ?? ""] as const),
        );
        if (found.every(([key]) => links.has(key))) break;
        for (const [key, href] of found) links.set(key, href);
      }
      // Two of three are requirements, the third is a bug.
      expect(links.size, "requirements").toBe(PAYLOADS.filter((_, at) => at % 3 !== 2).length);
      for (const [key, href] of links) {
        await looker.at(href);
        const wanted = folded(summaryOf(Number(key.split("-")[1]) - 1));
        const heading = folded((await page.getByRole("heading", { level: 1 }).textContent()) ?? "");
        expect.soft(heading, key).toContain(wanted);
      }
    }
    looker.expectCalm();
  });

  test("stays text on the pages of releases and sprints", async ({}, info) => {
    test.setTimeout(info.timeout * 4);
    const { page } = looker;
    for (const { project, configuration } of linked) {
      const html = await (await page.request.get(`/projects/${project}/plans?configuration=${configuration}&view=list`)).text();
      const links = [...new Set([...html.matchAll(/href="(\/projects\/[^"]+\/(?:releases|sprints)\/[^"?]+)/g)].map(([, href]) => href))];
      expect(links.length, "releases and sprints").toBeGreaterThan(20);
      // Names of all of them are in lists that were looked at; of the pages every fifth.
      for (const href of links.filter((_, at) => at % 5 === 0)) await looker.at(href);
    }
    looker.expectCalm();
  });

  test("messages of Jira, and names and descriptions of connections, stay text", async ({}, info) => {
    test.setTimeout(info.timeout * 4);
    const { page } = looker;
    const [{ project, configuration }] = linked;
    const site = server.sandbox.find((one) => one.name === "Recorded Cloud");
    if (site === undefined) throw new Error("the site is gone");
    const words = JSON.stringify({ errorMessages: PAYLOADS, errors: Object.fromEntries(PAYLOADS.map((text, at) => [`${at}${text}`, text])) });
    for (const status of [400, 403, 404, 500]) {
      await withFault(site, { status, json: words }, async () => {
        await looker.at(`/projects/${project}/integrations/${configuration}/step/1?q=a`);
        await looker.at(`/projects/${project}/integrations/${configuration}/step/5`);
      });
    }
    for (const at of [0, 12, 31, 57, 88, 110]) {
      const name = [...PAYLOADS[at]].slice(0, 50).join("");
      await page.goto("/admin/integrations/new");
      await fillConnection(page, { ...valuesFor(site), name: `${at} ${name}`.slice(0, 50) });
      await page.getByLabel("Description").fill(PAYLOADS[at + 1]);
      await page.getByRole("button", { name: "Test connection" }).click();
      await expect(page.getByRole("button", { name: "Save" })).toBeEnabled({ timeout: 20_000 });
      await send(page, page.getByRole("button", { name: "Save" }));
      await expect(page.getByText("Connection created.")).toBeVisible();
    }
    const list = await (await page.request.get("/admin/integrations")).text();
    const edits = [...new Set([...list.matchAll(/href="(\/admin\/integrations\/[0-9a-f-]{36})"/g)].map(([, href]) => href))];
    expect(edits.length).toBeGreaterThan(7);
    for (const path of ["/admin/integrations", ...edits, `/projects/${project}/integrations`, `/?__err=${encodeURIComponent(PAYLOADS[0])}`]) {
      await looker.at(path);
    }
    looker.expectCalm();
  });

  test("names that people type stay text, and so do words in addresses", async ({}, info) => {
    test.setTimeout(info.timeout * 4);
    const { page } = looker;
    const [one] = linked;
    for (const [at, payload] of PAYLOADS.entries()) {
      await post(page, server.url, "create_user", { name: `Person ${payload}`, email: `p${at}@lanternway.example`, account_role: "user" });
      // A name of a project has 50 characters at most.
      const room = [...payload].slice(0, 50).join("");
      await post(page, server.url, "create_project", { name: room, description: payload });
    }
    for (const path of ["/", "/admin/users", "/admin/users?page=2", `/projects/${one.project}/members`]) await looker.at(path);
    // Each address carries four of them, each of them stands once in the search field.
    const word = (at: number) => encodeURIComponent(PAYLOADS[at % PAYLOADS.length]);
    for (const [at, payload] of PAYLOADS.entries()) {
      const path = `/projects/${one.project}/requirements?text=${word(at)}&type=${word(at + 1)}&status=${word(at + 2)}&sort=${word(at + 3)}`;
      if (at % 4 === 0 || payload.includes("%")) {
        await looker.at(path);
        await expect(page.getByLabel("Key or words of the summary")).toHaveValue(payload.trim());
      } else {
        const answer = await page.request.get(path);
        expect.soft(answer.status(), path).toBe(200);
        const stands = (await answer.text()).includes(payload);
        expect.soft(stands && payload.includes("<"), `as markup, ${path}`).toBe(false);
      }
    }
    looker.expectCalm();
  });

  test("stays text for everybody who may look", async ({ browser }, info) => {
    test.setTimeout(info.timeout * 3);
    const [one] = linked;
    for (const role of ["Project Admin", "Test Lead", "Tester", "Member"]) {
      const other = await browser.newContext({ baseURL: server.url });
      try {
        const theirs = new Looker(await other.newPage());
        await joinAs(looker.page, theirs.page, one.project, role);
        const paths = role === "Project Admin" ? listsOf(one) : pagesOf(one);
        for (const path of ["/", "/profile", ...paths]) await theirs.at(path);
        await theirs.page.goto(`/projects/${one.project}/requirements?configuration=${one.configuration}&text=${PROJECT_KEY}-11`);
        const link = theirs.page.getByRole("link", { name: `${PROJECT_KEY}-11`, exact: true });
        await theirs.at((await link.getAttribute("href")) ?? "");
        theirs.expectCalm();
      } finally {
        await other.close();
      }
    }
    looker.expectCalm();
  });
});
